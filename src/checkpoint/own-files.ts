import { relative, resolve } from 'node:path'
import { isTemporaryOf } from '../whole-file.ts'
import { isSummaryName } from './names.ts'

/**
 * What taskbeat itself has in a results directory, and what is never a checkpoint for that: tells by a path below
 * that directory.
 */
export const ownFilesOf = (
  resultsDir: string,
  progressFile: string | undefined,
): ((path: string) => boolean) => {
  const progress = progressFile && relative(resolve(resultsDir), resolve(progressFile))
  return (path) =>
    path === '.taskbeat' ||
    path.startsWith('.taskbeat/') ||
    isSummaryName(path) ||
    (progress !== undefined &&
      (path === progress || isTemporaryOf(progress, path) || path.startsWith(`${progress}.corrupt-`)))
}
