import type { Clock } from '../clock.ts'
import type { Machine } from '../host/machine.ts'
import type { Progress } from '../progress/open-progress.ts'
import type { TellWorkload } from '../recorder/training/workload-training.ts'
import type { Settings } from '../settings.ts'
import type { TaskRecord } from '../task-record/record.ts'
import type { TaskRecordOptions } from '../task-record/task-record.ts'
import { correlationKeysOf } from '../telemetry/correlation.ts'
import type { Destinations } from '../telemetry/signals.ts'
import type { Screen } from '../terminal/screen.ts'
import type { TaskTrace } from '../trace-context.ts'
import type { TaskLogbook } from './logbook/open-task-logbook.ts'
import { type MachineSubject, machineOf } from './machine-of.ts'

export interface TelemetrySource {
  readonly settings: Settings
  readonly destinations: Destinations
  /** Of which run and attempt it is. */
  readonly progress: Progress
  readonly screen: Screen
  readonly version: string
  readonly clock: Clock
  /** Is told each reading of the machine too. */
  readonly onMachine?: TaskLogbook['onMachine'] | undefined
}

interface OwnIds {
  /** The ids of the task's span, where somebody was told of them before. */
  readonly trace?: TaskTrace | undefined
  readonly rank?: number | undefined
  readonly subject: MachineSubject
}

interface StartOptions extends Omit<TaskRecordOptions, 'trace' | 'names' | 'clock'> {
  /** Whether every step is told in the moment that it is done. */
  readonly isExact: boolean
}

export interface Recording {
  readonly record: TaskRecord
  /** Records what happens to the workload in other words too. */
  readonly witness?: TellWorkload | undefined
}

/** The same machine, of whose readings somebody else is told too. */
const told = (machine: Machine, onMachine: TelemetrySource['onMachine']): Machine => {
  if (!onMachine) return machine
  return {
    ...machine,
    points: (nowMs) => {
      const points = machine.points(nowMs)
      onMachine(points, machine.since, nowMs)
      return points
    },
  }
}

/** Loads and starts the telemetry of a task, and loads what records into it; `start` starts the record. */
export const loadTelemetry = async (source: TelemetrySource, { trace, rank, subject }: OwnIds) => {
  const { settings, destinations, progress, screen, version, clock, onMachine } = source
  const keys = correlationKeysOf(settings, progress)
  const [{ startTelemetry }, { startTaskRecord }] = await Promise.all([
    import('../telemetry/start.ts'),
    import('../task-record/task-record.ts'),
  ])
  let tellTrouble = (text: string) => screen.line(`taskbeat: ${text}`)
  const machine = await machineOf({
    ...{ ...subject, settings, destinations, screen, clock },
    onTrouble: (text) => tellTrouble(text),
  })
  const telemetry = await startTelemetry({
    ...{ settings, destinations, keys, version, clock, print: screen.line },
    ...(machine && { machine: { ...told(machine, onMachine), intervalMs: settings.machineIntervalMs } }),
    ...(trace && { trace }),
    ...(rank !== undefined && { rank }),
  }).catch((error: unknown) => {
    machine?.close()
    throw error
  })
  const { names } = settings
  const hasOneLogger = names.includes('onelogger')
  const { startOneLogger } = hasOneLogger ? await import('./one-logger.ts') : {}
  const start = (workload: string, { isExact, ...options }: StartOptions): Recording => {
    const record = startTaskRecord(workload, { ...options, trace, names, clock })
    tellTrouble = (text) => {
      record.message('WARN', text)
      screen.line(`taskbeat: ${text}`)
    }
    const { traceparent } = record
    const { runId } = progress
    const { startedAt } = options
    const witness = startOneLogger?.({
      ...{ runId, startedAt, rank, traceparent, isExact, clock },
      print: screen.line,
    })
    return { record, witness }
  }
  const shutdown = (limitMs: number) =>
    telemetry.shutdown(limitMs).finally(() => {
      machine?.close()
    })
  return { routes: telemetry.routes, shutdown, start, helperPid: () => machine?.helperPid() }
}
