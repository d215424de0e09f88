import type {
  Attributes,
  CheckpointEvent,
  ErrorEvent,
  LogEvent,
  MetricEvent,
  NamedEvent,
  PhaseEvent,
  SpanEndedEvent,
  SpanStartedEvent,
  StepMetrics,
  TrainingState,
} from '../workload-events.ts'

/** A checkpoint of which everything is known. */
export type CheckpointFacts = CheckpointEvent & { readonly percentComplete: number }

/** What is read when metrics are collected. */
export interface TaskReadings {
  /** Seconds since the training last made progress; undefined as long as it has not. */
  readonly progressAgeSeconds: () => number | undefined
  /** Estimated seconds to the end; undefined as long as nobody can tell. */
  readonly timeToGoSeconds: () => number | undefined
}

/** A span that is recorded elsewhere, by its ids. */
export interface RecordedSpan {
  readonly traceId: string
  readonly spanId: string
}

/** Turns what happens in a task into spans, metrics and log records. */
export interface TaskRecord {
  /** W3C Trace Context of the task's span. */
  readonly traceparent: string | undefined
  readonly epochStarted: (epoch: number) => void
  /** `told`: the numbers that are news; those of `state` may be older. @default none */
  readonly progress: (state: TrainingState, told?: StepMetrics) => void
  readonly checkpointSaved: (facts: CheckpointFacts) => void
  readonly message: (severity: 'INFO' | 'WARN' | 'ERROR', text: string) => void
  readonly log: (event: LogEvent) => void
  readonly event: (event: NamedEvent) => void
  readonly error: (event: ErrorEvent) => void
  /** `recorded`: the span that stands for it already, so that only its parts are recorded here. */
  readonly spanStarted: (event: SpanStartedEvent, recorded?: RecordedSpan) => void
  readonly spanEnded: (event: SpanEndedEvent) => void
  readonly metric: (event: MetricEvent) => void
  readonly phase: (phase: Omit<PhaseEvent, 'type'>) => void
  /** Ends all spans; nothing may be recorded after it. */
  readonly ended: (severity: 'INFO' | 'WARN' | 'ERROR', text: string, attributes: Attributes) => void
}

const nothing = () => {}

/** The record of a task whose telemetry goes nowhere: nothing of OpenTelemetry is loaded for it. */
export const silentRecord: TaskRecord = {
  traceparent: undefined,
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
