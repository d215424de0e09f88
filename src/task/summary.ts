import { lstatSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { saveCheckpoint } from '../checkpoint/staging.ts'
import { cannotWrite } from '../disk-errors.ts'
import type { Progress } from '../progress/open-progress.ts'
import { writeWhole } from '../whole-file.ts'

/**
 * Writes a directory whose only use is to carry 100: the platform takes 100 only together with a name that was
 * not used before. Resolves to its name.
 *
 * A directory of that name may be there without having been announced: its attempt ended in between.
 *
 * @param files - name → text
 * @throws {TaskbeatError} `NOT_WRITABLE` (exit status 73) if the disk refuses
 */
export const saveSummary = async (
  resultsDir: string,
  progress: Progress,
  files: Readonly<Record<string, string>>,
): Promise<string> => {
  const isTaken = (name: string) =>
    progress.isUsed(name) || lstatSync(join(resultsDir, name), { throwIfNoEntry: false }) !== undefined
  const fill = async (directory: string) => {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)))
  }
  let name = 'summary'
  try {
    for (let count = 2; isTaken(name); count += 1) name = `summary-${count}`
    await saveCheckpoint({ resultsDir, name, fill })
  } catch (error) {
    throw cannotWrite(join(resultsDir, name), error)
  }
  return name
}

/** Leaves the same files where nobody uploads them, `<results>/.taskbeat`, whatever became of the task. */
export const saveOwnSummary = async (
  resultsDir: string,
  files: Readonly<Record<string, string>>,
): Promise<void> => {
  // a task that is over does not fail for want of a note
  const saves = Object.entries(files).map(([name, text]) =>
    writeWhole(join(resultsDir, '.taskbeat', name), text, false),
  )
  await Promise.allSettled(saves)
}
