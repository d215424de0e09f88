import { taskTraceOf } from '../telemetry/task-trace.ts'
import type { Workload } from '../workload/workload.ts'
import { leaveCompleted } from './leave-completed.ts'
import { loadTelemetry, type TelemetrySource } from './load-telemetry.ts'
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
  /** Something to do before a fault that nobody caught ends the process. */
  readonly atFault: (lastWish: () => Promise<unknown>) => void
}

/** Runs a task with its telemetry and its view; the verdict is the last line. Resolves to the exit status. */
export const runObservedTask = async (options: ObservedTaskOptions): Promise<number> => {
  const { workload, progress, settings, destinations, screen, stop, atFault, clock } = options
  const { resultsDir } = settings
  if (progress.start === 'complete') return leaveCompleted({ progress, resultsDir, screen, stop })
  const { runId, attempt } = progress
  const training = createTraining(clock)
  const { routes, shutdown, start } = await loadTelemetry(options, {
    trace: taskTraceOf(settings, destinations),
    // a simulated training is this process
    subject: { pid: process.pid, environment: options.environment, steps: () => training.state().step },
  })
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
    return shutdown(drainMs)
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
    percentMovesAlone: false,
    trainerStatus: await trainerStatusOf(settings, screen.line, clock),
  })
  view.summary(clipBytes(verdict.text, verdictBytes - 100))
  return verdict.exitStatus
}
