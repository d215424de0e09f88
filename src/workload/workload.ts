import type { WorkloadEvent } from '../workload-events.ts'

/** How a workload ended. */
export type WorkloadOutcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly exitStatus: number; readonly reason: string }
  /** It ended because it was asked to, by this signal. */
  | {
      readonly kind: 'stopped'
      readonly signal: NodeJS.Signals
      /** The workload's own. @default 128 + the number of the signal */
      readonly exitStatus?: number
    }

export interface WorkloadContext {
  readonly resultsDir: string
  /** Asks the workload to end soon; the reason is the name of the signal, such as `SIGTERM`. */
  readonly stop: AbortSignal
  readonly emit: (event: WorkloadEvent) => void
  /** Whether a checkpoint of that name was announced before, in this life of the run or an earlier one. */
  readonly isAnnounced: (name: string) => boolean
  /** Resolves when no checkpoint waits for its turn any more, or none ever will have one. */
  readonly settled: () => Promise<void>
}

/** What trains: simulated, or a child process. */
export interface Workload {
  readonly name: string
  /** Runs to its end. Expected failures are outcomes; a rejection is a fault of ours. */
  readonly run: (context: WorkloadContext) => Promise<WorkloadOutcome>
}
