import { join } from 'node:path'
import type { Settings } from '../settings.ts'

/** Where items wait on disk for delivery. */
export const spoolDirOf = ({ spoolDir, resultsDir }: Pick<Settings, 'spoolDir' | 'resultsDir'>): string =>
  spoolDir ?? join(resultsDir, '.taskbeat', 'spool')
