import type { Batch } from '../../src/delivery/batch.ts'
import { type Outbox, openOutbox } from '../../src/delivery/outbox.ts'
import type { Answer, Attempt, Sender } from '../../src/delivery/sender.ts'
import type { Spool } from '../../src/delivery/spool/spool.ts'
import { type Counter, createCounter } from '../../src/delivery/tally.ts'
import { type Signal, signals } from '../../src/otlp/signals.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { idsOf, tinyBatch } from './tiny-requests.ts'

export const delivered = { kind: 'delivered' as const, rejected: 0, reason: '' } satisfies Answer
export const away = { kind: 'retry' as const, reason: 'connection refused' } satisfies Answer

/** A request that a destination was asked to take, and when. */
export interface Request extends Attempt {
  readonly atMs: number
  readonly ids: readonly string[]
  /** Answers a request for which the destination had no answer at once. */
  readonly answer: (answer: Answer) => void
}

export interface OutboxBedOptions {
  /** What a destination says; with `undefined` the request waits for `Request.answer`. @default delivered */
  readonly answer?: (request: Request) => Answer | undefined
  readonly spool?: Spool
  readonly memoryBytes?: number
  readonly placeOf?: (signal: Signal) => string
  readonly onSpoolFailure?: (error: unknown) => void
  readonly random?: () => number
  readonly clock?: ManualClock
  /** Whether requests under way end when they are given up. @default true */
  readonly heedsAbort?: boolean
}

export interface OutboxBed {
  readonly outbox: Outbox
  readonly clock: ManualClock
  /** In the order in which they were sent. */
  readonly requests: readonly Request[]
  /** Of one signal, the ids of each. */
  readonly sent: (signal: Signal) => readonly (readonly string[])[]
  readonly counters: Readonly<Record<Signal, Counter>>
  /** Hands over a batch with these ids. */
  readonly emit: (signal: Signal, ids: readonly string[], padding?: number) => Batch
  readonly closed: () => number
}

/** An outbox between made-up batches and made-up destinations, all three signals to one place. */
export const outboxBed = (options: OutboxBedOptions = {}): OutboxBed => {
  const {
    answer = () => delivered,
    placeOf = () => 'one',
    clock = manualClock(),
    heedsAbort = true,
  } = options
  const requests: Request[] = []
  const counters = { traces: createCounter(), metrics: createCounter(), logs: createCounter() }
  let closed = 0
  const sender: Sender = {
    send: (attempt) => {
      const done = Promise.withResolvers<Answer>()
      const ids = idsOf(attempt.signal, attempt.bytes)
      const request = { ...attempt, atMs: clock.monotonicMs(), ids, answer: done.resolve }
      requests.push(request)
      if (heedsAbort)
        attempt.abort?.addEventListener('abort', () => done.resolve({ kind: 'retry', reason: 'aborted' }))
      const said = answer(request)
      if (said) done.resolve(said)
      return done.promise
    },
    close: () => {
      closed += 1
    },
  }
  const outbox = openOutbox({
    routes: signals.map((signal) => ({
      ...{ signal, sender, place: placeOf(signal), timeoutMs: 10_000, counter: counters[signal] },
      onRetry: () => {},
      onDelivered: () => {},
    })),
    spool: options.spool,
    memoryBytes: options.memoryBytes ?? 2 ** 26,
    onSpoolFailure: options.onSpoolFailure ?? (() => {}),
    clock,
    random: options.random ?? (() => 0.5),
  })
  return {
    outbox,
    clock,
    requests,
    sent: (signal) => requests.filter((request) => request.signal === signal).map(({ ids }) => ids),
    counters,
    emit: (signal, ids, padding = 0) => {
      const batch = tinyBatch(signal, ids, { padding, acceptedAtMs: clock.now().getTime() })
      counters[signal].add('emitted', batch.items)
      outbox.accept(batch)
      return batch
    },
    closed: () => closed,
  }
}
