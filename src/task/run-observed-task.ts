import type { ChosenSetting } from '../settings/listed-settings.ts'
import { taskTraceOf } from '../telemetry/task-trace.ts'
import type { Workload } from '../workload/workload.ts'
import { leaveCompleted } from './leave-completed.ts'
import { loadTelemetry, type TelemetrySource } from './load-telemetry.ts'
import { openTaskLogbook, type TaskLogbook, type TaskLogbookOptions } from './logbook/open-task-logbook.ts'
import { clipBytes, verdictBytes } from './outcome.ts'
import { destinationLines } from './places.ts'
import { runTask } from './run-task.ts'
import { trainerStatusOf } from './trainer-status-of.ts'
import { createTraining } from './training.ts'
import { createView } from './view.ts'

export interface ObservedTaskOptions extends TelemetrySource {
  readonly workload: Workload
  readonly stop: AbortSignal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The settings that somebody has chosen, as they may be shown. */
  readonly shownSettings: readonly ChosenSetting[]
  /** Something to do before a fault that nobody caught ends the process. */
  readonly atFault: (lastWish: () => Promise<unknown>) => void
}

const openLogbookOf = (
  options: ObservedTaskOptions,
  known: Pick<TaskLogbookOptions, 'training' | 'trace'>,
): TaskLogbook | undefined => {
  if (options.settings.logbookMb === 0) return undefined
  const command = options.workload.name
  return openTaskLogbook({
    ...options,
    ...known,
    command,
    startedAt: options.clock.now(),
    capturesOutput: false,
  })
}

/** Runs a task with its telemetry and its view; the verdict is the last line. Resolves to the exit status. */
export const runObservedTask = async (options: ObservedTaskOptions): Promise<number> => {
  const { workload, progress, settings, destinations, stop, atFault, clock } = options
  const { resultsDir } = settings
  if (progress.start === 'complete')
    return leaveCompleted({ progress, resultsDir, screen: options.screen, stop })
  const { runId, attempt } = progress
  const training = createTraining(clock)
  const trace = taskTraceOf(settings, destinations)
  const logbook = openLogbookOf(options, { training, trace })
  const { routes, shutdown, start } = await loadTelemetry(
    { ...options, ...(logbook && { screen: logbook.screen, onMachine: logbook.onMachine }) },
    {
      trace,
      // a simulated training is this process
      subject: { pid: process.pid, environment: options.environment, steps: () => training.state().step },
    },
  )
  logbook?.followRoutes(routes)
  const { screen } = options
  const { timeToGoSeconds } = training
  const view = createView({ screen, clock, routes, timeToGoSeconds })
  view.tell(`${workload.name} in ${resultsDir}, run ${runId}, attempt ${attempt}`)
  for (const line of destinationLines(destinations)) view.tell(line)
  // nor does it miss a step
  const readings = { progressAgeSeconds: () => training.ageMs() / 1_000, timeToGoSeconds }
  const { record, witness } = start(workload.name, { isExact: true, readings })
  const drainMs = settings.drainSeconds * 1_000
  atFault(() => {
    record.ended('ERROR', 'task ended by a fault of taskbeat', {})
    return Promise.all([shutdown(drainMs), logbook?.close()])
  })
  const summaryFiles = () => {
    const summary = { workload: workload.name, runId, attempt, last: progress.last() }
    return { 'summary.json': `${JSON.stringify(summary, null, 2)}\n` }
  }
  const verdict = await runTask({
    ...{
      workload,
      progress,
      resultsDir,
      record,
      witness,
      view,
      training,
      stop,
      shutdown,
      drainMs,
      summaryFiles,
    },
    onEvent: logbook?.onEvent,
    percentMovesAlone: false,
    trainerStatus: await trainerStatusOf(settings, screen.line, clock),
  })
  await logbook?.end(verdict, [])
  view.summary(clipBytes(verdict.text, verdictBytes - 100))
  return verdict.exitStatus
}
