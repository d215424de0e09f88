import type { Signal } from '../../otlp/signals.ts'
import type { ProcessExit } from '../../processes/exit-of.ts'
import type { ProgressDocument, SentResult } from '../../progress/contract.ts'
import type { PlatformProtocol } from '../../settings/value.ts'
import type { Fault } from '../faults/fault.ts'
import type { ProgressLog } from '../progress-log.ts'
import type { LedgerSummary } from '../receiver.ts'
import type { Tallies } from '../tallies.ts'
import type { Checkpoint } from '../uploads.ts'
import type { WorkerEvent } from '../worker.ts'

/** A status of a task, in the platform's words. */
export type Status =
  | 'QUEUED'
  | 'LAUNCHED'
  | 'RUNNING'
  | 'COMPLETED'
  | 'ERRORED'
  | 'CANCELED'
  | 'EXCEEDED_MAX_RUNTIME_DURATION'

export type WorkerFault = Extract<WorkerEvent, { type: 'errored' }> & {
  /** The document that was at fault, as far as it could be read. */
  readonly document: ProgressDocument | undefined
}

/** How the platform came to its end of a task. */
export type End =
  | { readonly kind: 'completed' }
  | { readonly kind: 'worker-fault'; readonly fault: WorkerFault }
  | { readonly kind: 'uploads-failed' }
  /** The task ended by itself; `fault` is what the worker would have said of it in the end. */
  | { readonly kind: 'task-exit'; readonly fault?: WorkerFault }
  | { readonly kind: 'canceled' }
  /** Somebody ended the emulator. */
  | { readonly kind: 'stopped'; readonly signal: string }

/** Everything that was seen of one task, from which the findings follow. */
export interface Evidence {
  readonly end: End
  readonly exit: ProcessExit
  /** The last output of the task, as the platform would show it. */
  readonly outputTail: string
  readonly durationMs: number
  /** Milliseconds from the acceptance of 100 to the end of the task; undefined without 100. */
  readonly afterCompleteMs: number | undefined
  /** SIGKILL was needed after this grace, in milliseconds. */
  readonly killedAfterGraceMs: number | undefined
  readonly timeScale: number
  readonly isUpload: boolean
  readonly taskId: string
  readonly progress: ProgressLog
  readonly sent: readonly SentResult[]
  /** States that the control plane refused as too large. */
  readonly tooLarge: readonly SentResult[]
  /** Directories under the results directory that no state has named. */
  readonly unnamed: readonly string[]
  readonly checkpoints: readonly Checkpoint[]
  readonly changedCheckpoints: readonly string[]
  readonly isResultsDirReplaced: boolean
  readonly signals: readonly Signal[]
  readonly protocols: Readonly<Record<Signal, PlatformProtocol>>
  readonly overridden: readonly string[]
  readonly faults: readonly Fault[]
  readonly received: LedgerSummary
  readonly tallies: Tallies
}
