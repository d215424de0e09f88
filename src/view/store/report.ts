/**
 * A run as entries of a logbook, as many as a report should hold, and a run again of these entries.
 *
 * @module
 */
import type { LogbookEntry, LoggedNumber } from '../../logbook/entry.ts'
import type { RunData } from '../api.ts'
import { memoryShelf, type Shelf } from './shelf.ts'
import { createStore, type Store } from './store.ts'
import { countText } from './words.ts'

/** What a report holds at most. */
export interface ReportLimits {
  /** Points of a curve, about. */
  readonly points: number
  /** Of all curves together. */
  readonly allPoints: number
  readonly series: number
  readonly spans: number
  readonly logs: number
}

export const reportLimits: ReportLimits = {
  points: 4_000,
  allPoints: 300_000,
  series: 300,
  spans: 50_000,
  logs: 50_000,
}

/** What a run's entries do not say. */
export interface ReportHead {
  readonly label: string
  /** When it was looked at: a report tells how a run was then. */
  readonly asOfMs: number
  /** Sentences. */
  readonly notes: readonly string[]
}

/** Rows that are read from the shelf in one go. */
const batch = 500

const logged = (value: number): LoggedNumber =>
  Number.isFinite(value) ? value : (String(value) as LoggedNumber)

const leftOut = (limits: ReportLimits, { spans, logs, series }: Store) => [
  ...(spans.count() > limits.spans
    ? [
        `Of ${countText(spans.count(), 'span')} this has ${limits.spans.toLocaleString('en-US')}: failed ones and the longest.`,
      ]
    : []),
  ...(logs.count() > limits.logs
    ? [
        `Of ${countText(logs.count(), 'log line')} this has ${limits.logs.toLocaleString('en-US')}: errors and the newest.`,
      ]
    : []),
  ...(series.shown().length > limits.series
    ? [`Of ${countText(series.shown().length, 'curve')} this has ${limits.series}.`]
    : []),
]

/** What the entries of a run do not say, for a report of it. */
export const reportHead = (store: Store, asOfMs: number, limits: ReportLimits = reportLimits): ReportHead => {
  const { label, notes } = store.overview()
  return { label, asOfMs, notes: [...notes, ...leftOut(limits, store)] }
}

function* factsOf({ books }: Store): Generator<LogbookEntry> {
  for (const teller of ['platform', 'task'] as const) {
    const book = books[teller]
    const beats = Array.from({ length: book.beats.length() }, (_, index) => ({
      k: 'beat' as const,
      t: book.beats.get(index),
    }))
    const delivery = book.delivery()
    const timeToGo = book.timeToGo()
    const { statuses, moments, checkpoints, findings, states } = book
    const lives = book.attempts().flatMap(({ begin, end }) => (end ? [begin, end] : [begin]))
    const timed = [
      ...lives,
      ...[states, statuses, moments, checkpoints].flatMap((list): readonly LogbookEntry[] => list.all()),
      ...beats,
      ...(delivery ? [delivery] : []),
      ...(timeToGo ? [timeToGo] : []),
    ]
    // as they were told: a begin before what is of the same moment, an end after it
    const rank = ({ k }: LogbookEntry) => (k === 'begin' ? 0 : k === 'end' ? 2 : 1)
    yield* timed.sort((a, b) => (a.t ?? 0) - (b.t ?? 0) || rank(a) - rank(b))
    yield* findings.all()
  }
}

function* curvesOf({ series }: Store, limits: ReportLimits): Generator<LogbookEntry> {
  // training first: what is beyond the limit is the machine's
  const rank = { training: 0, gpu: 1, machine: 2, other: 3 }
  const shown = series.shown().toSorted((a, b) => rank[a.group] - rank[b.group])
  const chosen = shown.slice(0, limits.series)
  const share = Math.min(limits.points, Math.floor(limits.allPoints / Math.max(1, chosen.length)))
  for (const { id, name, unit, kind, attributes } of chosen) {
    const points = series.points(id, Math.max(1, Math.floor(share / 4)))
    yield { k: 'series', t: points[0]?.t ?? 0, id, name, unit, kind, attributes }
    for (const { t, step, value } of points) {
      yield { k: 'p', t, v: { [id]: logged(value) }, ...(step !== undefined && { step }) }
    }
  }
}

const whole = (entry: LogbookEntry) => entry

async function* rowsOf(shelf: Shelf, places: readonly number[]): AsyncGenerator<LogbookEntry> {
  for (let from = 0; from < places.length; from += batch) {
    for (const entry of await shelf.read(places.slice(from, from + batch), whole)) if (entry) yield entry
  }
}

/** All of a run, as far as the limits go: facts whole, curves without points that no pixel would show. */
export async function* entriesOf(
  store: Store,
  shelf: Shelf,
  limits: ReportLimits = reportLimits,
): AsyncGenerator<LogbookEntry> {
  yield* factsOf(store)
  yield* curvesOf(store, limits)
  yield* rowsOf(shelf, store.spans.best(limits.spans))
  yield* rowsOf(shelf, store.logs.best(limits.logs))
}

/** A run that is all in memory. */
export const runOfEntries = async (
  entries: Iterable<LogbookEntry> | AsyncIterable<LogbookEntry>,
  { label, asOfMs, notes }: ReportHead,
): Promise<RunData> => {
  const shelf = memoryShelf()
  const store = createStore({ label, nowMs: () => asOfMs, shelf })
  let book = ''
  for await (const entry of entries) {
    // the facts of the one who tells next
    if (entry.k === 'begin') book = entry.by
    store.add(entry, book, entry.k === 'span' || entry.k === 'log' ? shelf.put(entry) : 0)
  }
  store.setReading({ read: 1, isKnownToRun: false, notes })
  return store.data
}
