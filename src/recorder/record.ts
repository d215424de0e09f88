import type {
  Attributes,
  CheckpointEvent,
  ErrorEvent,
  LogEvent,
  MetricEvent,
  NamedEvent,
  SpanEndedEvent,
  SpanStartedEvent,
  StepMetrics,
} from '../workload-events.ts'

/** How far a training is: what its events so far say together. */
export interface TrainingState {
  readonly step: number | undefined
  readonly totalSteps: number | undefined
  /** From 0 to 100, with decimals; undefined as long as nobody can tell. */
  readonly percent: number | undefined
  readonly epoch: number | undefined
  readonly metrics: StepMetrics
}

/** A checkpoint of which everything is known. */
export type CheckpointFacts = CheckpointEvent & { readonly percentComplete: number }

/** One part of a task's end, such as the time from SIGTERM to the exit of the workload. */
export interface Phase {
  readonly name: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly attributes: Attributes
}

/** What is read when metrics are collected. */
export interface TaskReadings {
  /** Seconds since the training last made progress; undefined as long as it has not. */
  readonly progressAgeSeconds: () => number | undefined
  /** Estimated seconds to the end; undefined as long as nobody can tell. */
  readonly timeToGoSeconds: () => number | undefined
}

/** Turns what happens in a task into spans, metrics and log records. */
export interface TaskRecord {
  readonly epochStarted: (epoch: number) => void
  readonly progress: (state: TrainingState) => void
  readonly checkpointSaved: (facts: CheckpointFacts) => void
  readonly message: (severity: 'INFO' | 'WARN' | 'ERROR', text: string) => void
  readonly log: (event: LogEvent) => void
  readonly event: (event: NamedEvent) => void
  readonly error: (event: ErrorEvent) => void
  readonly spanStarted: (event: SpanStartedEvent) => void
  readonly spanEnded: (event: SpanEndedEvent) => void
  readonly metric: (event: MetricEvent) => void
  readonly phase: (phase: Phase) => void
  /** Ends all spans; nothing may be recorded after it. */
  readonly ended: (severity: 'INFO' | 'WARN' | 'ERROR', text: string, attributes: Attributes) => void
}

const nothing = () => {}

/** The record of a task whose telemetry goes nowhere: nothing of OpenTelemetry is loaded for it. */
export const silentRecord: TaskRecord = {
  epochStarted: nothing,
  progress: nothing,
  checkpointSaved: nothing,
  message: nothing,
  log: nothing,
  event: nothing,
  error: nothing,
  spanStarted: nothing,
  spanEnded: nothing,
  metric: nothing,
  phase: nothing,
  ended: nothing,
}
