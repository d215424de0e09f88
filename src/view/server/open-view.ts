import type { Clock } from '../../clock.ts'
import { openRuns } from '../reading/open-runs.ts'
import { bundleOf } from '../report/bundle.ts'
import { readPageFiles } from './page-files.ts'
import { startViewServer, type ViewServer } from './start-server.ts'
import { staySmall } from './stay-small.ts'

export interface ViewOptions {
  /** Of runs: results directories, or what `emulate --keep` left. */
  readonly directories: readonly string[]
  /** 0: any that is free. */
  readonly port: number
  /** Whether the run is known to go on; its directory need not be there yet. @default nobody knows */
  readonly isLive?: () => boolean
  readonly clock: Clock
}

/**
 * Opens runs and serves them until it is closed.
 *
 * @throws {TaskbeatError} `USAGE` (64) for a directory without a run and a port that cannot be had, `NOT_BUILT` (70)
 */
export const openView = async (options: ViewOptions): Promise<ViewServer> => {
  const { directories, port, isLive, clock } = options
  staySmall()
  const runs = openRuns(directories, isLive ? { clock, isLive } : { clock })
  const page = await readPageFiles()
  const server = await startViewServer({ runs, port, page, bundle: () => bundleOf(runs), clock })
  return {
    ...server,
    close: () => {
      server.close()
      runs.close()
    },
  }
}
