import { MAX_MESSAGE_BYTES, type SentResult, type WorkerView } from '../../progress/contract.ts'
import { MOST_BYTES_PER_CHARACTER, messageBytes } from './message-size.ts'

/**
 * The stream on which results go to the control plane.
 *
 * Nobody answers on it: what the control plane refuses counts as sent. Only the next send notices that the
 * stream is broken, unless a new one was opened because the old one was idle.
 *
 * @see NVIDIA/nvcf `src/libraries/go/worker/nvct/result.go`
 */
export interface ResultStream {
  readonly isBroken: boolean
  /** When it was last sent on; before the first time, -Infinity. */
  readonly lastSentMs: number
}

export const freshStream: ResultStream = { isBroken: false, lastSentMs: -Infinity }

/** How a send went: `lost` was sent and refused, `stuck` cannot be sent. */
export type Delivery =
  | { readonly outcome: 'sent' | 'lost'; readonly stream: ResultStream }
  | { readonly outcome: 'stuck' }

export interface Sending {
  readonly result: SentResult
  readonly view: WorkerView
  /** Length of the document it comes from, in characters. */
  readonly textLength: number
  readonly atMs: number
  readonly streamIdleMs: number
}

export const sendResult = (
  stream: ResultStream,
  { result, view, textLength, atMs, streamIdleMs }: Sending,
): Delivery => {
  if (stream.isBroken && atMs - stream.lastSentMs <= streamIdleMs) return { outcome: 'stuck' }
  const mayBeTooLarge = (textLength + view.taskId.length) * MOST_BYTES_PER_CHARACTER > MAX_MESSAGE_BYTES / 2
  const isBroken = mayBeTooLarge && messageBytes(result, view) > MAX_MESSAGE_BYTES
  return { outcome: isBroken ? 'lost' : 'sent', stream: { isBroken, lastSentMs: atMs } }
}
