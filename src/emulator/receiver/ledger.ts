import type { JsonObject } from '../../json.ts'
import { itemListsOf } from '../../otlp/items.ts'
import type { Signal } from '../../otlp/signals.ts'
import type { RequestFacts } from './answer.ts'
import {
  logsOf,
  pointsOf,
  type ReceivedLog,
  type ReceivedPoint,
  type ReceivedSpan,
  spansOf,
} from './received.ts'
import { makeRepeatTable } from './repeat-table.ts'
import {
  type Capped,
  type CappedSpans,
  makeSpanTable,
  type OrphanSpan,
  type UnendedSpan,
} from './span-table.ts'

/** What became of the requests of one signal. */
export interface SignalCounts {
  /** Requests that were taken. */
  readonly requests: number
  /** Of those, requests whose sender was not told: the connection was cut before the answer. */
  readonly unanswered: number
  /** Items that were taken, repetitions among them. */
  readonly items: number
  /** Items that had arrived before. */
  readonly duplicates: number
  /** Items that a partial success refused. */
  readonly rejectedItems: number
  /** Items with impossible ids in requests that were taken otherwise. */
  readonly malformedItems: number
  /** Requests that were not taken, by reason, such as `http 503`. */
  readonly refused: Readonly<Record<string, number>>
  /** Requests that could not be decoded. */
  readonly malformedRequests: number
  /** The first reasons for malformed items and requests. */
  readonly malformedReasons: readonly string[]
  /** Bytes of the requests that were taken, uncompressed. */
  readonly sizeBytes: number
  /** When the first and the last item was taken, in milliseconds since 1970; absent without one. */
  readonly firstArrivalMs?: number
  readonly lastArrivalMs?: number
}

/** The whole account, as plain JSON data. */
export interface LedgerSummary {
  readonly signals: Readonly<Record<Signal, SignalCounts>>
  readonly traceIds: Capped<string>
  readonly orphanSpans: CappedSpans<OrphanSpan>
  readonly unendedSpans: CappedSpans<UnendedSpan>
  readonly logsWithoutTraceContext: number
  /** Requests to addresses where nothing is, such as `POST /`. */
  readonly strayRequests: Readonly<Record<string, number>>
}

/** What arrived. It stays when the receiver is closed. */
export interface Ledger {
  /** The counts of one signal so far; costs nothing. */
  readonly counts: (signal: Signal) => SignalCounts
  /** Everything; goes once through all spans. `limit` caps its lists (default 100). */
  readonly summary: (limit?: number) => LedgerSummary
  /** With `keepItems` only, as the next three. @throws {Error} without it */
  readonly requests: () => readonly RequestFacts[]
  readonly spans: () => readonly ReceivedSpan[]
  readonly points: () => readonly ReceivedPoint[]
  readonly logs: () => readonly ReceivedLog[]
}

/** The ledger with its pen. */
export interface LedgerWriter extends Ledger {
  /** Notes a request that is taken, in OTLP JSON, without the items that are refused. */
  readonly take: (taken: {
    readonly facts: RequestFacts
    readonly request: JsonObject
    readonly rejectedItems: number
    readonly faults: readonly string[]
    readonly isAnswered: boolean
    readonly arrivalMs: number
  }) => void
  readonly refuse: (signal: Signal, reason: string) => void
  readonly noteMalformed: (signal: Signal, reason: string) => void
  readonly noteStray: (what: string) => void
}

const maxReasons = 10
/** A client that tries addresses at random must not fill the memory. */
const maxStrays = 50

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
interface Counts extends Mutable<SignalCounts> {
  refused: Record<string, number>
  malformedReasons: string[]
}

const noCounts = (): Counts => ({
  requests: 0,
  unanswered: 0,
  items: 0,
  duplicates: 0,
  rejectedItems: 0,
  malformedItems: 0,
  refused: {},
  malformedRequests: 0,
  malformedReasons: [],
  sizeBytes: 0,
})

const addReasons = (counts: Counts, reasons: readonly string[]) => {
  for (const reason of reasons) {
    if (counts.malformedReasons.length >= maxReasons) return
    if (!counts.malformedReasons.includes(reason)) counts.malformedReasons.push(reason)
  }
}

const increase = (record: Record<string, number>, key: string) => {
  record[key] = (record[key] ?? 0) + 1
}

const notKept = (): never => {
  throw new Error('the receiver keeps no items: open it with keepItems')
}

/** An empty ledger. */
export const makeLedger = ({ keepItems }: { readonly keepItems: boolean }): LedgerWriter => {
  const counts = { traces: noCounts(), metrics: noCounts(), logs: noCounts() }
  const spans = makeSpanTable()
  const repeats = { metrics: makeRepeatTable(), logs: makeRepeatTable() }
  const strays: Record<string, number> = {}
  let logsWithoutTraceContext = 0
  const kept: { facts: RequestFacts; request: JsonObject }[] = []
  const keptOf = (signal: Signal) =>
    keepItems ? kept.filter(({ facts }) => facts.signal === signal).map(({ request }) => request) : notKept()

  const addSpans = (items: readonly JsonObject[]) => items.filter((span) => spans.addSpan(span)).length

  const addContexts = (items: readonly JsonObject[]) => {
    for (const log of items) {
      if (log.traceId === undefined) logsWithoutTraceContext += 1
      else spans.addMention(log)
    }
  }

  const addItems = (signal: Signal, request: JsonObject, count: Counts) => {
    if (signal !== 'traces') repeats[signal].nextRequest()
    for (const list of itemListsOf(signal, request)) {
      count.items += list.items.length
      count.duplicates += signal === 'traces' ? addSpans(list.items) : repeats[signal].add(list)
      if (signal === 'logs') addContexts(list.items)
    }
  }

  const copyOf = (signal: Signal): SignalCounts => structuredClone(counts[signal])

  return {
    take: ({ facts, request, rejectedItems, faults, isAnswered, arrivalMs }) => {
      const count = counts[facts.signal]
      const itemsBefore = count.items
      count.requests += 1
      count.sizeBytes += facts.sizeBytes
      count.rejectedItems += rejectedItems
      count.malformedItems += faults.length
      if (!isAnswered) count.unanswered += 1
      addReasons(count, faults)
      addItems(facts.signal, request, count)
      if (count.items > itemsBefore) {
        count.firstArrivalMs ??= arrivalMs
        count.lastArrivalMs = arrivalMs
      }
      if (keepItems) kept.push({ facts, request })
    },
    refuse: (signal, reason) => increase(counts[signal].refused, reason),
    noteMalformed: (signal, reason) => {
      counts[signal].malformedRequests += 1
      addReasons(counts[signal], [reason])
    },
    noteStray: (what) => {
      if (what in strays || Object.keys(strays).length < maxStrays) increase(strays, what)
    },
    counts: copyOf,
    summary: (limit = 100) => ({
      signals: { traces: copyOf('traces'), metrics: copyOf('metrics'), logs: copyOf('logs') },
      traceIds: spans.traceIds(limit),
      orphanSpans: spans.orphans(limit),
      unendedSpans: spans.unended(limit),
      logsWithoutTraceContext,
      strayRequests: { ...strays },
    }),
    requests: () => (keepItems ? kept.map(({ facts }) => facts) : notKept()),
    spans: () => keptOf('traces').flatMap(spansOf),
    points: () => keptOf('metrics').flatMap(pointsOf),
    logs: () => keptOf('logs').flatMap(logsOf),
  }
}
