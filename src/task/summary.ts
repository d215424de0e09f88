import { lstatSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { saveCheckpoint } from '../checkpoint/staging.ts'
import { cannotWrite } from '../disk-errors.ts'
import type { Progress } from '../progress/open-progress.ts'

/**
 * Writes a directory whose only use is to carry 100: the platform takes 100 only together with a name that was
 * not used before. Resolves to its name.
 *
 * A directory of that name may be there without having been announced: its attempt ended in between.
 *
 * @throws {TaskbeatError} `NOT_WRITABLE` (exit status 73) if the disk refuses
 */
export const saveSummary = async (
  resultsDir: string,
  progress: Progress,
  workload: string,
): Promise<string> => {
  const isTaken = (name: string) =>
    progress.isUsed(name) || lstatSync(join(resultsDir, name), { throwIfNoEntry: false }) !== undefined
  const { runId, attempt } = progress
  const text = `${JSON.stringify({ workload, runId, attempt, last: progress.last() }, null, 2)}\n`
  const fill = (directory: string) => writeFile(join(directory, 'summary.json'), text)
  let name = 'summary'
  try {
    for (let count = 2; isTaken(name); count += 1) name = `summary-${count}`
    await saveCheckpoint({ resultsDir, name, fill })
  } catch (error) {
    throw cannotWrite(join(resultsDir, name), error)
  }
  return name
}
