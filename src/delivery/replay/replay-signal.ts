/**
 * Delivers what is on disk of one signal, once.
 *
 * Invariants:
 * - A batch that was taken is settled when all of it is through, or waits on disk again at the end.
 * - Metrics go one request at a time, in the order in which they were collected; nothing is joined.
 * - While the collector has taken nothing at all, nothing is dropped: that a batch is refused may then as well mean that
 *   this is the wrong place, or the wrong key, and what is dropped is gone for good.
 */
import type { Clock } from '../../clock.ts'
import { joinRequests, type Part, splitRequest } from '../../otlp/request.ts'
import { itemNames, type Signal } from '../../otlp/signals.ts'
import { durationText } from '../../terminal/duration.ts'
import type { Answer, Sender } from '../sender.ts'
import type { Spool, SpooledBatch } from '../spool/spool.ts'
import type { Counter } from '../tally.ts'
import { createPatience } from './patience.ts'

/** What is joined to one request. */
export interface JoinLimits {
  readonly maxItems: number
  readonly maxBytes: number
}

/** The Collector takes 4 MiB over gRPC unless told otherwise, and counts them before compression. */
export const joinLimits: JoinLimits = { maxItems: 2_048, maxBytes: 2 ** 20 }

/** How it ended. */
export type SignalEnd =
  /** All of it is delivered, or dropped and counted. */
  | { readonly kind: 'through' }
  /** The rest is on disk, for the reason given. */
  | { readonly kind: 'left'; readonly reason: string }

export interface SignalReplayOptions {
  readonly signal: Signal
  readonly spool: Pick<Spool, 'append' | 'take' | 'settle' | 'putBack'>
  readonly sender: Sender
  /** The deadline of one attempt, in milliseconds. */
  readonly timeoutMs: number
  /** Gets what is `replayed`, `retried` and dropped. */
  readonly counter: Counter
  readonly limits: JoinLimits
  /** How long it goes on without an answer of the collector, in milliseconds. */
  readonly giveUpAfterMs: number
  /** Aborted to end early. */
  readonly stop: AbortSignal
  /** The disk did not do what it had to: what it then means. */
  readonly onTrouble: (message: string) => void
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
}

/** Requests under way; metrics have an order to keep. */
const mostUnderWay = 4
/** So many refused batches, and not one that was taken, are no accident. */
const mostRefusedAtFirst = 10
/** What is under way when we are asked to end gets so long: without its answer it would have to be sent again. */
const lastAnswerMs = 1_000
/** What is read from disk at once. */
const mostBatchesTaken = 2_048

const sumOf = (parts: readonly { readonly items: number }[]) =>
  parts.reduce((sum, { items }) => sum + items, 0)

const messageOf = (error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

const whyNot = ({ reason, afterMs }: Answer & { kind: 'retry' }) =>
  afterMs ? `${reason}, to be asked again in ${durationText(afterMs)}` : reason

/** Neighbours that fit into one request. */
const joinable = (
  batches: readonly SpooledBatch[],
  { maxItems, maxBytes }: JoinLimits,
): readonly (readonly SpooledBatch[])[] => {
  const groups: SpooledBatch[][] = []
  let items = 0
  let bytes = 0
  for (const batch of batches) {
    items += batch.items
    bytes += batch.bytes.length
    const group = groups.at(-1)
    if (group && items <= maxItems && bytes <= maxBytes) group.push(batch)
    else {
      groups.push([batch])
      items = batch.items
      bytes = batch.bytes.length
    }
  }
  return groups
}

/** Never rejects. */
export const replaySignal = async (options: SignalReplayOptions): Promise<SignalEnd> => {
  const { signal, spool, sender, timeoutMs, counter, limits, stop, onTrouble, clock, random } = options
  const isOrdered = signal === 'metrics'
  const patience = createPatience({ limitMs: options.giveUpAfterMs, clock, random })
  const over = new AbortController()
  const abortion = new AbortController()
  let end: SignalEnd = { kind: 'through' }
  let hasDelivered = false
  /** Refused, and kept for as long as that may be our own mistake. */
  let refused: { readonly batch: SpooledBatch; readonly reason: string }[] = []

  const finish = (reason: string) => {
    if (over.signal.aborted) return
    end = { kind: 'left', reason }
    over.abort()
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        cancel()
        over.signal.removeEventListener('abort', wake)
        resolve()
      }
      const cancel = clock.after(ms, wake, { keepsAlive: true })
      over.signal.addEventListener('abort', wake)
    })

  /** The answer that a request gets in the end; `undefined`: none, and it is not under way any more. */
  const send = async (
    bytes: Uint8Array,
    items: number,
  ): Promise<Exclude<Answer, { kind: 'retry' }> | undefined> => {
    while (!over.signal.aborted) {
      const waitMs = patience.waitMs()
      if (waitMs > 0) {
        await pause(waitMs)
        continue
      }
      const attempt = patience.start()
      const answer = await sender.send({ signal, bytes, timeoutMs, abort: abortion.signal })
      if (answer.kind !== 'retry') {
        patience.answered()
        return answer
      }
      if (abortion.signal.aborted) return undefined
      counter.add('retried', items)
      patience.failed(attempt, answer.afterMs)
      if (patience.hasRunOut()) finish(`not taken: ${whyNot(answer)}`)
    }
    return undefined
  }

  let isSettlingTold = false
  const settle = async (batches: readonly SpooledBatch[]) => {
    if (batches.length === 0) return
    try {
      await spool.settle(batches)
    } catch (error) {
      if (!isSettlingTold) {
        onTrouble(
          `delivered ${itemNames[signal]} could not be marked as such (${messageOf(error)}): the next replay may send them again`,
        )
      }
      isSettlingTold = true
    }
  }

  const delivered = async (items: number, { rejected, reason }: Answer & { kind: 'delivered' }) => {
    counter.add('replayed', Math.max(0, items - rejected))
    counter.drop(Math.min(items, rejected), `rejected: ${reason}`)
    if (hasDelivered) return
    hasDelivered = true
    const held = refused
    refused = []
    for (const { batch, reason: why } of held) counter.drop(batch.items, why)
    await settle(held.map(({ batch }) => batch))
  }

  const refuse = (batch: SpooledBatch, reason: string) => {
    refused.push({ batch, reason })
    if (refused.length >= mostRefusedAtFirst) finish(`nothing was taken, and this refused: ${reason}`)
  }

  /** One batch that is too large, in pieces. */
  const deliverInPieces = async (batch: SpooledBatch, halves: readonly Part[]): Promise<void> => {
    const left: Part[] = []
    const lost: { readonly items: number; readonly reason: string }[] = []
    let isAnyDelivered = false
    const deliverPiece = async (piece: Part): Promise<void> => {
      const answer = await send(piece.bytes, piece.items)
      if (!answer) {
        left.push(piece)
        return
      }
      if (answer.kind === 'delivered') {
        isAnyDelivered = true
        return delivered(piece.items, answer)
      }
      const parts = answer.kind === 'too-large' ? splitRequest(signal, piece.bytes) : undefined
      if (!parts) lost.push({ items: piece.items, reason: answer.reason })
      for (const part of parts ?? []) await deliverPiece(part)
    }
    for (const half of halves) await deliverPiece(half)

    if (left.length > 0 && !isAnyDelivered) return spool.putBack([batch])
    const [first] = lost
    if (first && !hasDelivered) return refuse(batch, first.reason)
    for (const { items, reason } of lost) counter.drop(items, reason)
    if (left.length > 0) {
      const rest = joinRequests(left.map(({ bytes }) => bytes))
      const { acceptedAtMs } = batch
      try {
        await spool.append([{ signal, items: sumOf(left), bytes: rest, acceptedAtMs }])
      } catch (error) {
        onTrouble(
          `the rest of a batch could not be kept apart (${messageOf(error)}): the next replay sends all of it again`,
        )
        return spool.putBack([batch])
      }
    }
    await settle([batch])
  }

  const deliverOne = async (batch: SpooledBatch, answer: Answer & { kind: 'too-large' | 'refused' }) => {
    const halves = answer.kind === 'too-large' ? splitRequest(signal, batch.bytes) : undefined
    if (halves) return deliverInPieces(batch, halves)
    if (!hasDelivered) return refuse(batch, answer.reason)
    counter.drop(batch.items, answer.reason)
    await settle([batch])
  }

  const deliver = async (batches: readonly SpooledBatch[]): Promise<void> => {
    const items = sumOf(batches)
    const answer = await send(joinRequests(batches.map(({ bytes }) => bytes)), items)
    if (!answer) return spool.putBack(batches)
    if (answer.kind === 'delivered') {
      await delivered(items, answer)
      return settle(batches)
    }
    const [first, ...others] = batches
    if (first && others.length === 0) return deliverOne(first, answer)
    // one bad batch costs only itself
    const middle = answer.kind === 'too-large' ? Math.ceil(batches.length / 2) : 1
    await deliver(batches.slice(0, middle))
    if (answer.kind === 'too-large') return deliver(batches.slice(middle))
    for (const batch of others) await deliver([batch])
  }

  let turn: Promise<unknown> = Promise.resolve()
  /** One after the other, so that what is read stays in order. */
  const take = (): Promise<readonly SpooledBatch[]> => {
    const next = turn.then(() =>
      over.signal.aborted
        ? []
        : spool.take(signal, { maxBatches: mostBatchesTaken, maxBytes: limits.maxBytes }),
    )
    turn = next.catch(() => {})
    return next
  }

  const work = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const batches = await take()
      if (batches.length === 0) return
      const requests = isOrdered ? batches.map((batch) => [batch]) : joinable(batches, limits)
      for (const request of requests) await deliver(request)
    }
  }

  let cancelAbortion = () => {}
  const onStop = () => {
    finish(`ended by ${stop.reason}`)
    cancelAbortion = clock.after(lastAnswerMs, () => abortion.abort(), { keepsAlive: true })
  }
  if (stop.aborted) onStop()
  else stop.addEventListener('abort', onStop, { once: true })
  const workers = Array.from({ length: isOrdered ? 1 : mostUnderWay }, () =>
    work().catch((error: unknown) => finish(`the spool cannot be read (${messageOf(error)})`)),
  )
  await Promise.all(workers)
  stop.removeEventListener('abort', onStop)
  cancelAbortion()
  const [held] = refused
  if (held) {
    spool.putBack(refused.map(({ batch }) => batch))
    finish(`nothing was taken, and this refused: ${held.reason}`)
  }
  return end
}
