import { openProgress, type Progress } from '../progress/open-progress.ts'
import type { Settings } from '../settings.ts'

/**
 * Opens the progress file that the settings name.
 *
 * @throws {TaskbeatError} as `openProgress` does
 */
export const openTaskProgress = (settings: Settings, onTrouble: (message: string) => void): Progress => {
  const { resultsDir, taskId, runId } = settings
  return openProgress({
    resultsDir,
    file: settings.progressFile,
    strategy: settings.results === 'upload' ? 'UPLOAD' : 'NONE',
    heartbeatMs: settings.heartbeatSeconds * 1_000,
    dwellMs: settings.dwellSeconds * 1_000,
    onTrouble,
    ...(taskId !== undefined && { taskId }),
    ...(runId !== undefined && { runId }),
  })
}
