import { type JsonNumber, jsonNumber } from '../json.ts'
import type { WorkloadOutcome } from '../workload/workload.ts'
import type { PhaseEvent, TrainingState } from '../workload-events.ts'

/** What became of a run in one attempt: the content of `summary.json`. What is not known is absent. */
export interface RunSummary {
  readonly version: 1
  readonly task: { readonly id?: string; readonly name?: string }
  /** The same in all attempts. */
  readonly runId: string
  /** 1 for the first life of the run. */
  readonly attempt: number
  readonly previousAttempts: number
  /** Its first word: the others may hold secrets. */
  readonly command: string
  /** RFC 3339, by the wall clock. */
  readonly startedAt: string
  readonly endedAt: string
  /** By a clock that nobody sets. */
  readonly durationSeconds: number
  readonly outcome: SummaryOutcome
  readonly progress: SummaryProgress
  readonly checkpoints: {
    readonly count: number
    /** The last of them, 100 at most, in order. */
    readonly last: readonly SummaryCheckpoint[]
  }
  /** What the command said last of its troubles; 50 lines at most. */
  readonly lastErrorLines: readonly string[]
  readonly telemetry: readonly TelemetryFate[]
  readonly childEvents: ChildEventCounts
  /** Lines of output that were passed on, but not made a log record, as there were too many of them. */
  readonly logRecordsCapped: number
  /** How long the parts of the end took, in order. */
  readonly endPhases: readonly { readonly name: string; readonly seconds: number }[]
  /** Steps of the previous attempt that no checkpoint has kept. */
  readonly stepsLost?: number
}

export interface SummaryOutcome {
  readonly kind: WorkloadOutcome['kind']
  readonly exitStatus: number
  /** The one that the command died by, or was stopped by. */
  readonly signal?: string
  /** In words. */
  readonly reason?: string
  /** Processes that the kernel killed for want of memory; absent where nobody counts. */
  readonly oomKills?: number
  /** Whether it was ended because it made no progress. */
  readonly stalled: boolean
}

export interface SummaryProgress {
  /** From 0 to 100. */
  readonly percent?: JsonNumber
  readonly step?: JsonNumber
  readonly totalSteps?: JsonNumber
  readonly epoch?: JsonNumber
  /** The last values; 100 of them at most. */
  readonly metrics: Readonly<Record<string, JsonNumber>>
}

export interface SummaryCheckpoint {
  readonly name: string
  readonly step?: number
  readonly sizeBytes: number
  /** RFC 3339. */
  readonly announcedAt: string
}

/** What became of one signal's items on the way to one place. */
export interface TelemetryFate {
  /** `traces`, `metrics` or `logs`. */
  readonly signal: string
  /** For people, without secrets. */
  readonly destination: string
  readonly emitted: number
  readonly delivered: number
  /** Kept on disk: `taskbeat replay` delivers them, or the next attempt. */
  readonly waiting: number
  /** Sent again, as often as they were. */
  readonly retried: number
  /** Of earlier attempts, delivered by this one. */
  readonly replayed: number
  /** Given up, by reason. */
  readonly dropped: Readonly<Record<string, number>>
}

export interface ChildEventCounts {
  readonly used: number
  /** By reason; 100 reasons at most. */
  readonly refused: Readonly<Record<string, number>>
}

/** What a summary is made of. */
export interface RunFacts {
  readonly taskId: string | undefined
  readonly taskName: string | undefined
  readonly runId: string
  readonly attempt: number
  /** As it was started; the summary takes the first word. */
  readonly command: readonly string[]
  readonly startedAt: Date
  readonly endedAt: Date
  readonly durationMs: number
  readonly outcome: SummaryOutcome
  readonly training: TrainingState
  /** The last ones, in order: whoever collects them need not keep more than `mostCheckpoints`. */
  readonly checkpoints: readonly SummaryCheckpoint[]
  /** How many there were. */
  readonly checkpointCount: number
  readonly errorLines: readonly string[]
  readonly telemetry: readonly TelemetryFate[]
  readonly childEvents: ChildEventCounts
  readonly logRecordsCapped: number
  readonly endPhases: readonly Pick<PhaseEvent, 'name' | 'startedAt' | 'endedAt'>[]
  readonly stepsLost: number | undefined
}

/** Bounds of a summary, whatever a run has gone through. */
export const mostCheckpoints = 100
const mostErrorLines = 50
const mostEntries = 100

/** The entries that have a value, as numbers that JSON can say. */
const numbersOf = (values: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, jsonNumber(value)]],
    ),
  )

const firstOf = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(entries).slice(0, mostEntries))

/** Seconds to the millisecond. */
const secondsOf = (ms: number) => Math.round(ms) / 1_000

/** Tells what became of a run, in a form that JSON can say and that has an end. */
export const runSummary = (facts: RunFacts): RunSummary => {
  const { taskId, taskName, runId, attempt, command, training, stepsLost } = facts
  const { percent, step, totalSteps, epoch, metrics } = training
  return {
    version: 1,
    task: { ...(taskId !== undefined && { id: taskId }), ...(taskName !== undefined && { name: taskName }) },
    runId,
    attempt,
    previousAttempts: attempt - 1,
    command: command[0] ?? '',
    startedAt: facts.startedAt.toISOString(),
    endedAt: facts.endedAt.toISOString(),
    durationSeconds: secondsOf(facts.durationMs),
    outcome: facts.outcome,
    progress: {
      ...numbersOf({ percent, step, totalSteps, epoch }),
      metrics: firstOf(numbersOf(metrics)),
    },
    checkpoints: { count: facts.checkpointCount, last: facts.checkpoints.slice(-mostCheckpoints) },
    lastErrorLines: facts.errorLines.slice(-mostErrorLines),
    telemetry: facts.telemetry,
    childEvents: { used: facts.childEvents.used, refused: firstOf(facts.childEvents.refused) },
    logRecordsCapped: facts.logRecordsCapped,
    endPhases: facts.endPhases.map(({ name, startedAt, endedAt }) => ({
      name,
      seconds: secondsOf(endedAt.getTime() - startedAt.getTime()),
    })),
    ...(stepsLost !== undefined && { stepsLost }),
  }
}
