import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { saveCheckpoint } from '../checkpoint/staging.ts'
import type { Progress } from '../progress/open-progress.ts'

/**
 * Writes a directory whose only use is to carry 100: the platform takes 100 only together with a name that was
 * not used before. Resolves to its name.
 */
export const saveSummary = async (
  resultsDir: string,
  progress: Progress,
  workload: string,
): Promise<string> => {
  let name = 'summary'
  for (let count = 2; progress.isUsed(name); count += 1) name = `summary-${count}`
  const { runId, attempt } = progress
  const text = `${JSON.stringify({ workload, runId, attempt, last: progress.last() }, null, 2)}\n`
  const fill = (directory: string) => writeFile(join(directory, 'summary.json'), text)
  await saveCheckpoint({ resultsDir, name, fill })
  return name
}
