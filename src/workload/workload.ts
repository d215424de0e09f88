import type { JsonObject } from '../json.ts'

/** What a workload reports of itself. */
export type WorkloadEvent =
  | { readonly type: 'epoch-started'; readonly epoch: number }
  | {
      readonly type: 'step'
      /** From 1. */
      readonly step: number
      readonly totalSteps: number
      /** From 1. */
      readonly epoch: number
      readonly metrics: StepMetrics
    }
  | CheckpointEvent
  | {
      readonly type: 'message'
      readonly severity: 'INFO' | 'WARN' | 'ERROR'
      readonly text: string
    }

export interface StepMetrics {
  /** NaN once the training has diverged. */
  readonly loss: number
  readonly learningRate: number
  readonly samplesPerSecond: number
}

/** A complete directory under the results directory. */
export interface CheckpointEvent {
  readonly type: 'checkpoint'
  /** The directory's name under the results directory. */
  readonly name: string
  /** Integer from 0 to 100; 100 for the last one. */
  readonly percentComplete: number
  readonly metadata: JsonObject
  readonly step: number
  readonly epoch: number
  readonly startedAt: Date
  readonly endedAt: Date
  readonly sizeBytes: number
  readonly files: readonly WrittenFile[]
}

/** One file of a checkpoint, written in blocks. */
export interface WrittenFile {
  readonly path: string
  readonly sizeBytes: number
  readonly blockBytes: number
  readonly startedAt: Date
  readonly endedAt: Date
}

/** How a workload ended. */
export type WorkloadOutcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly exitStatus: number; readonly reason: string }
  /** It ended because it was asked to, by this signal. */
  | { readonly kind: 'stopped'; readonly signal: NodeJS.Signals }

export interface WorkloadContext {
  readonly resultsDir: string
  /** Asks the workload to end soon; the reason is the name of the signal, such as `SIGTERM`. */
  readonly stop: AbortSignal
  readonly emit: (event: WorkloadEvent) => void
  /** Whether a checkpoint of that name was announced before, in this life of the run or an earlier one. */
  readonly isAnnounced: (name: string) => boolean
}

/** What trains: simulated, or a child process. */
export interface Workload {
  readonly name: string
  /** Runs to its end. Expected failures are outcomes; a rejection is a fault of ours. */
  readonly run: (context: WorkloadContext) => Promise<WorkloadOutcome>
}
