import type { Signal } from '../otlp/signals.ts'

/** What a collector made of a request, by the OTLP specification. */
export type Answer =
  /** It is theirs now. Of its items so many were rejected for good, for the reason given. */
  | { readonly kind: 'delivered'; readonly rejected: number; readonly reason: string }
  /** It may be sent again; `afterMs`: not before so many milliseconds have passed, as the collector asked for. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** It will never be taken as it is, but smaller ones may. */
  | { readonly kind: 'too-large'; readonly reason: string }
  /** It will never be taken. */
  | { readonly kind: 'refused'; readonly reason: string }

export interface Attempt {
  readonly signal: Signal
  /** `Export<Signal>ServiceRequest` in protobuf. */
  readonly bytes: Uint8Array
  /** A deadline for the whole attempt, to the last byte of the answer. */
  readonly timeoutMs: number
  /** Gives the attempt up at once; the answer is then `retry`. */
  readonly abort?: AbortSignal
}

/** Sends requests to one destination, any number at once. It never retries. */
export interface Sender {
  /** One attempt; never rejects. Reasons are one short line for people, without headers or secrets. */
  readonly send: (attempt: Attempt) => Promise<Answer>
  /** Closes the connections; attempts under way end with `retry`. */
  readonly close: () => void
}
