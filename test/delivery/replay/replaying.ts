import { replaySpool } from '../../../src/delivery/replay/replay-spool.ts'
import type { Answer, Attempt, Sender } from '../../../src/delivery/sender.ts'
import type { Spool, SpooledBatch, Waiting } from '../../../src/delivery/spool/spool.ts'
import { type Counter, createCounter } from '../../../src/delivery/tally.ts'
import { requestTypes } from '../../../src/otlp/schema.ts'
import type { Signal } from '../../../src/otlp/signals.ts'
import { type ManualClock, manualClock } from '../../support/manual-clock.ts'
import { encode } from '../../support/otlp-client.ts'

const requestOf = (signal: Signal, names: readonly string[]): object => {
  if (signal === 'logs') {
    return { resourceLogs: [{ scopeLogs: [{ logRecords: names.map((eventName) => ({ eventName })) }] }] }
  }
  if (signal === 'traces') {
    return { resourceSpans: [{ scopeSpans: [{ spans: names.map((name) => ({ name })) }] }] }
  }
  const metrics = names.map((name) => ({ name, gauge: { dataPoints: [{ asInt: 1 }] } }))
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }
}

/** A batch of items with these names. */
export const batchOf = (signal: Signal, ...names: readonly string[]): SpooledBatch => ({
  ...{ signal, items: names.length, origin: 'earlier', acceptedAtMs: 1 },
  bytes: encode(signal, requestOf(signal, names)),
})

/** The names of the items in a request. */
export const namesIn = (signal: Signal, bytes: Uint8Array): readonly string[] =>
  JSON.stringify(requestTypes[signal].decode(bytes))
    .matchAll(/"(?:eventName|name)":"([^"]*)"/g)
    .map(([, name]) => name ?? '')
    .toArray()

export interface MemorySpool extends Spool {
  /** The names of all that waits, in order. */
  readonly names: (signal: Signal) => readonly string[]
}

/** A spool that holds what it is given, in order. */
export const memorySpool = (
  batches: readonly SpooledBatch[],
  overrides: Partial<Spool> = {},
): MemorySpool => {
  const entries = batches.map((batch) => ({ batch, isTaken: false }))
  const setTaken = (those: readonly SpooledBatch[], isTaken: boolean) => {
    for (const batch of those) {
      const entry = entries.find((one) => one.batch === batch)
      if (!entry || entry.isTaken === isTaken) throw new Error('this batch is not in those hands')
      entry.isTaken = isTaken
    }
  }
  const of = (signal: Signal) => entries.filter(({ batch }) => batch.signal === signal)
  return {
    append: async (more) => {
      entries.push(...more.map((batch) => ({ batch: { ...batch, origin: 'own' as const }, isTaken: false })))
    },
    take: async (signal, { maxBatches, maxBytes }) => {
      const taken: SpooledBatch[] = []
      let bytes = 0
      for (const { batch, isTaken } of of(signal)) {
        if (isTaken) continue
        bytes += batch.bytes.length
        if (taken.length >= maxBatches || (taken.length > 0 && bytes > maxBytes)) break
        taken.push(batch)
      }
      setTaken(taken, true)
      return taken
    },
    settle: async (those) => {
      setTaken(those, false)
      for (const batch of those) {
        entries.splice(
          entries.findIndex((one) => one.batch === batch),
          1,
        )
      }
    },
    putBack: (those) => setTaken(those, false),
    waiting: (signal): Waiting => ({
      batches: of(signal).length,
      items: of(signal).reduce((sum, { batch }) => sum + batch.items, 0),
      bytes: of(signal).reduce((sum, { batch }) => sum + batch.bytes.length, 0),
      oldestAtMs: of(signal)[0]?.batch.acceptedAtMs,
    }),
    takeOver: async () => {},
    close: async () => {},
    names: (signal) =>
      of(signal).flatMap(({ batch, isTaken }) => {
        if (isTaken) throw new Error('this batch is still in somebody else’s hands')
        return namesIn(signal, batch.bytes)
      }),
    ...overrides,
  }
}

export const delivered: Answer = { kind: 'delivered', rejected: 0, reason: '' }
export const away: Answer = { kind: 'retry', reason: 'connection refused' }

/** What a collector says to a request with items of these names. */
export type Say = (names: readonly string[], attempt: Attempt) => Answer | Promise<Answer>

export interface FakeSender extends Sender {
  /** What was asked, in order. */
  readonly asked: readonly string[]
  /** Of each item that it took. */
  readonly took: readonly string[]
  readonly mostUnderWay: () => number
}

export const fakeSender = (say: Say): FakeSender => {
  const asked: string[] = []
  const took: string[] = []
  let underWay = 0
  let most = 0
  return {
    ...{ asked, took },
    mostUnderWay: () => most,
    send: async (attempt) => {
      const names = namesIn(attempt.signal, attempt.bytes)
      asked.push(names.join('+'))
      underWay += 1
      most = Math.max(most, underWay)
      const answer = await say(names, attempt)
      underWay -= 1
      if (answer.kind === 'delivered') took.push(...names)
      return answer
    },
    close: () => {},
  }
}

export interface Replayed {
  readonly ends: Awaited<ReturnType<typeof replaySpool>>
  readonly counters: Readonly<Record<Signal, Counter>>
  readonly troubles: readonly string[]
  readonly tookMs: number
}

export interface Replaying {
  readonly spool: MemorySpool
  readonly senders: Partial<Record<Signal, Sender>>
  readonly clock?: ManualClock
  readonly stop?: AbortSignal
  readonly giveUpAfterMs?: number
  readonly limits?: { readonly maxItems: number; readonly maxBytes: number }
}

/** Replays, and lets time pass until that has ended. */
export const replayAll = async ({
  spool,
  senders,
  clock = manualClock(),
  stop = new AbortController().signal,
  giveUpAfterMs = 60_000,
  limits = { maxItems: 1, maxBytes: 2 ** 20 },
}: Replaying): Promise<Replayed> => {
  const counters = { traces: createCounter(), metrics: createCounter(), logs: createCounter() }
  const troubles: string[] = []
  let isOver = false
  const replaying = replaySpool({
    ...{ spool, counters, giveUpAfterMs, stop, clock, limits },
    send: (signal) => {
      const sender = senders[signal]
      return sender && { sender, timeoutMs: 10_000 }
    },
    onTrouble: (message) => troubles.push(message),
    random: () => 1,
  }).finally(() => {
    isOver = true
  })
  while (!isOver) {
    await new Promise(setImmediate)
    await clock.advance(50)
  }
  return { ends: await replaying, counters, troubles, tookMs: clock.monotonicMs() }
}
