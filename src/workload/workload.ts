import type { TrainingState, WorkloadEvent } from '../workload-events.ts'

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
      /** What else there is to say, such as that it had to be killed. */
      readonly detail?: string
    }

/** How the training comes along, as its events so far tell. */
export interface TrainingView {
  readonly state: () => TrainingState
  /** Whether it ever made progress that can be told from noise. */
  readonly hasAdvanced: () => boolean
  /** Milliseconds since it last made progress, or since the beginning. */
  readonly ageMs: () => number
  readonly timeToGoSeconds: () => number | undefined
}

export interface WorkloadContext {
  readonly resultsDir: string
  /** Asks the workload to end soon; the reason is the name of the signal, such as `SIGTERM`. */
  readonly stop: AbortSignal
  readonly emit: (event: WorkloadEvent) => void
  /** Whether a checkpoint of that name was announced before, in this life of the run or an earlier one. */
  readonly isAnnounced: (name: string) => boolean
  /** Resolves when no checkpoint waits for its turn any more; rejects when none ever will have it. */
  readonly announced: () => Promise<void>
  /** Nothing trains any more: from now on no heartbeat says so. */
  readonly ended: () => void
  readonly training: TrainingView
}

/** What trains: simulated, or a child process. */
export interface Workload {
  readonly name: string
  /** Runs to its end. Expected failures are outcomes; a rejection is a fault of ours. */
  readonly run: (context: WorkloadContext) => Promise<WorkloadOutcome>
}
