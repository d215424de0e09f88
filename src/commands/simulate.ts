import { systemClock } from '../clock.ts'
import { giveUpRoot } from '../give-up-root.ts'
import { openProgress } from '../progress/open-progress.ts'
import { selectDestinations } from '../telemetry/signals.ts'
import { openScreen } from '../terminal/screen.ts'
import type { Command } from './command.ts'

/** `taskbeat simulate`: a training that needs no GPU, as a task. It replaces NVIDIA's sample. */
export const simulate: Command = {
  summary: 'run a simulated training as a task',
  example: 'taskbeat simulate --results-dir ./results --num-of-results 5 --delay 0.05',
  groups: ['general', 'progress', 'simulation', 'telemetry', 'platform'],
  run: async ({ settings, stop, version, stderr }) => {
    const { resultsDir, taskId } = settings
    const destinations = selectDestinations(settings)
    if (settings.dropRoot) giveUpRoot(resultsDir)
    const screen = openScreen(stderr)
    const progress = openProgress({
      resultsDir,
      file: settings.progressFile,
      strategy: settings.results === 'upload' ? 'UPLOAD' : 'NONE',
      heartbeatMs: settings.heartbeatSeconds * 1_000,
      dwellMs: settings.dwellSeconds * 1_000,
      onTrouble: (message) => screen.line(`taskbeat: ${message}`),
      ...(taskId !== undefined && { taskId }),
      ...(settings.runId !== undefined && { runId: settings.runId }),
    })

    // the platform sees the task now; all that takes time to load comes after
    const [{ runObservedTask }, { simulatedTraining }] = await Promise.all([
      import('../task/run-observed-task.ts'),
      import('../workload/simulated.ts'),
    ])
    const jobId = taskId ?? progress.runId
    const workload = simulatedTraining({ ...settings, jobId })
    return runObservedTask({
      workload,
      progress,
      settings,
      destinations,
      screen,
      stop,
      version: version(),
      clock: systemClock,
    })
  },
}
