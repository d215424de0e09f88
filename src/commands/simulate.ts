import { systemClock } from '../clock.ts'
import { giveUpRoot } from '../give-up-root.ts'
import { selectDestinations } from '../telemetry/signals.ts'
import { openScreen } from '../terminal/screen.ts'
import type { Command } from './command.ts'
import { openTaskProgress } from './open-task-progress.ts'
import { shownSettingsOf } from './shown-settings.ts'

/** What it reads, in the order of its help. */
const groups = ['general', 'progress', 'simulation', 'telemetry', 'machine', 'logbook', 'platform'] as const

/** `taskbeat simulate`: a training that needs no GPU, as a task. It replaces NVIDIA's sample. */
export const simulate: Command = {
  summary: 'run a simulated training as a task',
  example: 'taskbeat simulate --results-dir ./results --num-of-results 5 --delay 0.05',
  groups,
  run: async ({ settings, diagnosis, stop, atFault, environment, version, stderr }) => {
    const destinations = selectDestinations(settings)
    if (settings.dropRoot) giveUpRoot(settings.resultsDir)
    const screen = openScreen(stderr)
    const progress = openTaskProgress(settings, (message) => screen.line(`taskbeat: ${message}`))

    // the platform sees the task now; all that takes time to load comes after
    const [{ runObservedTask }, { simulatedTraining }] = await Promise.all([
      import('../task/run-observed-task.ts'),
      import('../workload/simulated.ts'),
    ])
    const jobId = settings.taskId ?? progress.runId
    const workload = simulatedTraining({ ...settings, jobId })
    return runObservedTask({
      workload,
      progress,
      settings,
      destinations,
      screen,
      stop,
      atFault,
      environment,
      shownSettings: shownSettingsOf({ settings, diagnosis, groups }),
      version: version(),
      clock: systemClock,
    })
  },
}
