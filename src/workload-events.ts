import type { JsonObject } from './json.ts'

/** What a workload reports of itself, whether it is simulated or a child process. */
export type WorkloadEvent =
  | EpochStartedEvent
  | ProgressEvent
  | CheckpointEvent
  | MessageEvent
  | LogEvent
  | NamedEvent
  | ErrorEvent
  | SpanStartedEvent
  | SpanEndedEvent
  | MetricEvent
  | PhaseEvent

/** Values that OpenTelemetry takes as they are. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

export interface EpochStartedEvent {
  readonly type: 'epoch-started'
  readonly epoch: number
}

/** How far the training is. What is missing stays as it was. */
export interface ProgressEvent {
  readonly type: 'progress'
  /** When it was so, if the workload said that. @default when it is told */
  readonly at?: Date
  /** Integer of at least 0: steps done. */
  readonly step?: number
  /** Integer of at least 1. */
  readonly totalSteps?: number
  /** From 0 to 100, with decimals; beats what step and totalSteps say. */
  readonly percent?: number
  /** May have decimals. */
  readonly epoch?: number
  readonly metrics: StepMetrics
}

/** Numbers of one step: those that all trainings have in common, and any others. NaN once a training has diverged. */
export interface StepMetrics {
  readonly loss?: number
  readonly learningRate?: number
  readonly samplesPerSecond?: number
  readonly [name: string]: number | undefined
}

/** How far a training is: what its events so far say together. */
export interface TrainingState {
  readonly step: number | undefined
  readonly totalSteps: number | undefined
  /** From 0 to 100, with decimals; undefined as long as nobody can tell. */
  readonly percent: number | undefined
  readonly epoch: number | undefined
  readonly metrics: StepMetrics
}

/** A complete directory under the results directory. */
export interface CheckpointEvent {
  readonly type: 'checkpoint'
  /** The directory's name under the results directory. */
  readonly name: string
  /** Integer from 0 to 100; 100 for the last one. @default what the progress so far says */
  readonly percentComplete?: number
  readonly metadata: JsonObject
  /** @default the one of the progress so far */
  readonly step?: number
  /** @default the one of the progress so far */
  readonly epoch?: number
  readonly startedAt: Date
  readonly endedAt: Date
  readonly sizeBytes: number
  /** Its files, where they are worth a span each. */
  readonly files?: readonly WrittenFile[]
}

/** One file of a checkpoint, written in blocks. */
export interface WrittenFile {
  readonly path: string
  readonly sizeBytes: number
  readonly blockBytes: number
  readonly startedAt: Date
  readonly endedAt: Date
}

/** Something that people should read. */
export interface MessageEvent {
  readonly type: 'message'
  readonly severity: 'INFO' | 'WARN' | 'ERROR'
  readonly text: string
}

/** Severities of OpenTelemetry's log data model. */
export type Severity = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'

/** What a workload printed: a line, or several that belong together. */
export interface LogEvent {
  readonly type: 'log'
  readonly at: Date
  readonly stream: 'stdout' | 'stderr'
  readonly severity: Severity
  /** Without colours, and without what looks like a secret. */
  readonly text: string
  readonly rank?: number
  readonly attributes: Attributes
}

/** Something that happened, by a name of the workload's own. */
export interface NamedEvent {
  readonly type: 'event'
  readonly at: Date
  readonly name: string
  readonly rank?: number
  readonly attributes: Attributes
}

/** Something that went wrong, and that the workload may survive. */
export interface ErrorEvent {
  readonly type: 'error'
  readonly at: Date
  readonly message: string
  /** Such as the class of an exception. */
  readonly errorType?: string
  readonly stack?: string
  readonly rank?: number
  readonly attributes: Attributes
}

export interface SpanStartedEvent {
  readonly type: 'span-started'
  readonly at: Date
  /** Chosen by the workload, and unique among its spans that have not ended. */
  readonly id: string
  readonly name: string
  /** The `id` of the span that this one is part of. @default the task */
  readonly parentId?: string
  readonly rank?: number
  readonly attributes: Attributes
}

export interface SpanEndedEvent {
  readonly type: 'span-ended'
  readonly at: Date
  readonly id: string
  /** Why it failed, if it did. */
  readonly error?: string
  readonly attributes: Attributes
}

export interface MetricEvent {
  readonly type: 'metric'
  readonly name: string
  readonly value: number
  readonly unit?: string
  readonly kind: 'gauge' | 'counter' | 'updowncounter' | 'histogram'
  readonly attributes: Attributes
}

/** One part of a task's end, such as the time from SIGTERM to the exit of the workload. */
export interface PhaseEvent {
  readonly type: 'phase'
  readonly name: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly attributes: Attributes
}
