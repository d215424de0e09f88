import type { ProgressDocument, SentResult, WorkerRule, WorkerView } from '../../progress/contract.ts'
import type { Limits } from './limits.ts'
import type { ResultStream } from './result-stream.ts'

/**
 * Why a task is over: the rule that a document broke, or a limit of the platform's.
 *
 * - `not-ready`: the file did not appear within 2 hours
 * - `max-run-time`: the task is EXCEEDED_MAX_RUNTIME_DURATION, not ERRORED
 * - `message-too-large`: the control plane refused a result, and with it the stream; `error` is `EOF` when a
 *   later state could not be sent, gRPC's words when it was the state of 100 percent
 */
export type EndRule = WorkerRule | 'not-ready' | 'max-run-time' | 'message-too-large'

/** What one look at the file led to. */
export type WorkerEvent =
  /** The file was found: the task is RUNNING, and its run time counts from now. */
  | { readonly type: 'ready' }
  /** A new state went to the control plane. */
  | { readonly type: 'sent'; readonly result: SentResult }
  /** A new state went to the control plane, which refused it as larger than 10 MiB; the worker knows nothing of it. */
  | { readonly type: 'lost'; readonly result: SentResult }
  /** The same state as before: a heartbeat, or a poll between two of them. */
  | { readonly type: 'ignored' }
  /** The text could not be read as a document; the worker reads again in 50 ms, at most 10 times. */
  | { readonly type: 'unreadable' }
  /** 100 was sent. Nothing is read any more. */
  | { readonly type: 'completed' }
  /** Nothing is read any more. `error` is in the worker's words, without the prefix that the API shows. */
  | { readonly type: 'errored'; readonly error: string; readonly rule: EndRule }

/** The worker waits for the file. */
export interface Seeking {
  readonly phase: 'seeking'
  readonly limits: Limits
  readonly view: WorkerView
  readonly mode: 'watch' | 'poll'
  readonly startedMs: number
  readonly nextMs: number
}

/** One reading of the file, with its retries. */
export interface Reading {
  readonly purpose: 'first-sight' | 'event' | 'timer' | 'poll'
  /** How often the text was unreadable so far. */
  readonly failures: number
  /** What the attempts so far have left of documents with members of wrong types. */
  readonly left?: ProgressDocument
}

/** The worker watches, or polls. */
export interface Monitoring {
  readonly phase: 'monitoring'
  readonly limits: Limits
  readonly view: WorkerView
  readonly mode: 'watch' | 'poll'
  readonly stream: ResultStream
  /** When the file was found. */
  readonly readyMs: number
  /** The next time by the timer, or for a poll. */
  readonly tickMs: number
  /** An unreadable file that is read again. */
  readonly retry: (Reading & { readonly atMs: number }) | undefined
  /** Since when a change that happened during retries waits to be looked at. */
  readonly wokenMs: number | undefined
  /** `lastUpdatedAt` of the document that was read last; undefined if the file could not be read for itself. */
  readonly lastUpdatedAt: string | undefined
}

/** The worker tries to send a state over a broken stream. It looks at nothing meanwhile. */
export interface Stuck {
  readonly phase: 'stuck'
  /** When it gives up. */
  readonly endMs: number
  /** When the run time is over. */
  readonly runEndMs: number
}

/** The worker's state. Nobody but the files of this folder looks inside. */
export type Worker = Seeking | Monitoring | Stuck | { readonly phase: 'ended' }

/** A state, and what happened on the way to it. */
export interface Step {
  readonly worker: Worker
  readonly happened: readonly WorkerEvent[]
}

/** One look at the file, at a moment of the worker's clock. */
export interface Look {
  /** `tick`: by the clock. `event`: the file was created or changed, which wakes only a worker that watches. */
  readonly cause: 'tick' | 'event'
  /** Milliseconds since 1970, no earlier than the look before. */
  readonly atMs: number
  /** What the file says; undefined: it is absent. */
  readonly text: string | undefined
}

export const endWith = (...happened: readonly WorkerEvent[]): Step => ({
  worker: { phase: 'ended' },
  happened,
})
