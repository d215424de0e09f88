import type { Clock } from '../clock.ts'
import type { Progress } from '../progress/open-progress.ts'
import type { Settings } from '../settings.ts'
import type { CorrelationKeys } from '../telemetry/correlation.ts'
import type { Destinations } from '../telemetry/signals.ts'
import type { Screen } from '../terminal/screen.ts'
import type { TaskTrace } from '../trace-context.ts'

export interface TelemetrySource {
  readonly settings: Settings
  readonly destinations: Destinations
  /** Of which run and attempt it is. */
  readonly progress: Progress
  readonly screen: Screen
  readonly version: string
  readonly clock: Clock
}

interface OwnIds {
  /** The ids of the task's span, where somebody was told of them before. */
  readonly trace?: TaskTrace | undefined
  readonly rank?: number | undefined
}

/** Loads and starts the telemetry of a task, and loads what records into it. */
export const loadTelemetry = async (source: TelemetrySource, { trace, rank }: OwnIds = {}) => {
  const { settings, destinations, progress, screen, version, clock } = source
  const keys: CorrelationKeys = {
    'taskbeat.run_id': progress.runId,
    'taskbeat.attempt': progress.attempt,
    ...(settings.taskId !== undefined && { 'taskbeat.task_id': settings.taskId }),
  }
  const [{ startTelemetry }, { startTaskRecord }] = await Promise.all([
    import('../telemetry/start.ts'),
    import('../task-record/task-record.ts'),
  ])
  const telemetry = await startTelemetry({
    ...{ settings, destinations, keys, version, clock, print: screen.line },
    ...(trace && { trace }),
    ...(rank !== undefined && { rank }),
  })
  return { telemetry, startTaskRecord }
}
