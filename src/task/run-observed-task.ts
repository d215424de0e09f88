import type { Clock } from '../clock.ts'
import type { Progress } from '../progress/open-progress.ts'
import { startTaskRecord } from '../recorder/task-record.ts'
import type { Settings } from '../settings.ts'
import type { CorrelationKeys } from '../telemetry/correlation.ts'
import { type Destinations, destinationText, signals } from '../telemetry/signals.ts'
import { startTelemetry } from '../telemetry/start.ts'
import type { Screen } from '../terminal/screen.ts'
import type { Workload } from '../workload/workload.ts'
import { clipBytes, judge, verdictBytes } from './outcome.ts'
import { runTask } from './run-task.ts'
import { stoppedBy, untilStopped } from './until-stopped.ts'
import { createView } from './view.ts'

export interface ObservedTaskOptions {
  readonly workload: Workload
  readonly progress: Progress
  readonly settings: Settings
  readonly destinations: Destinations
  readonly screen: Screen
  readonly stop: AbortSignal
  readonly version: string
  readonly clock: Clock
}

/** The signals that go to the same place, by what people call it. */
const byPlace = (destinations: Destinations) => {
  const places = signals.map((signal) => ({
    signal,
    place: destinations[signal].map(destinationText).join(' and ') || 'switched off',
  }))
  return Map.groupBy(places, ({ place }) => place)
    .entries()
    .map(([place, same]) => [place, same.map(({ signal }) => signal)] as const)
}

/** A completed task, or one that has yet to say so: there is nothing to run. Resolves to the exit status. */
const leaveCompleted = async ({ progress, settings, screen, stop }: ObservedTaskOptions): Promise<number> => {
  await untilStopped(progress.settled(), stop)
  await progress.close()
  const { percentComplete, name } = progress.shown()
  if (percentComplete < 100) {
    const { text, exitStatus } = judge(stoppedBy(stop), progress.shown(), progress.waiting())
    screen.line(`taskbeat: ${text}`)
    return exitStatus
  }
  screen.line(
    `taskbeat: the task was completed before (100 % with ${name}); for a new one name another results directory, or empty ${settings.resultsDir}`,
  )
  return 0
}

/** Runs a task with its telemetry and its view; the verdict is the last line. Resolves to the exit status. */
export const runObservedTask = async (options: ObservedTaskOptions): Promise<number> => {
  const { workload, progress, settings, destinations, screen, stop, version, clock } = options
  const { resultsDir } = settings
  if (progress.start === 'complete') return leaveCompleted(options)
  const { runId, attempt } = progress
  const keys: CorrelationKeys = {
    'taskbeat.run_id': runId,
    'taskbeat.attempt': attempt,
    ...(settings.taskId !== undefined && { 'taskbeat.task_id': settings.taskId }),
  }
  const print = (line: string) => screen.line(line)
  const telemetry = await startTelemetry({ settings, destinations, keys, version, clock, print })
  const view = createView({ screen, clock, routes: telemetry.routes })
  view.tell(`${workload.name} in ${resultsDir}, run ${runId}, attempt ${attempt}`)
  for (const [place, which] of byPlace(destinations)) view.tell(`${which.join(', ')} → ${place}`)
  const record = startTaskRecord(workload.name)
  const drainMs = settings.drainSeconds * 1_000
  const verdict = await runTask({ workload, progress, resultsDir, telemetry, record, view, stop, drainMs })
  view.summary(clipBytes(verdict.text, verdictBytes - 100))
  return verdict.exitStatus
}
