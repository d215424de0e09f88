/**
 * A run as entries of a logbook, as many as a report should hold, and a run again of these entries.
 *
 * @module
 */
import type { JsonNumber } from '../../json.ts'
import type { FactEntry, LogbookEntry, LoggedAttributes } from '../../logbook/entry.ts'
import type { RunData } from '../api.ts'
import type { Book } from './book.ts'
import { beginningOf } from './sane.ts'
import { memoryShelf, type Shelf } from './shelf.ts'
import { utcText } from './state.ts'
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
  /** Of all spans, and of all log lines: in characters, about. */
  readonly characters: number
}

export const reportLimits: ReportLimits = {
  points: 4_000,
  allPoints: 300_000,
  series: 300,
  spans: 50_000,
  logs: 50_000,
  characters: 2 ** 25,
}

/** What a run's entries do not say. */
export interface ReportHead {
  readonly label: string
  /** When it was looked at: a report tells how a run was then. */
  readonly asOfMs: number
  /** Sentences. */
  readonly notes: readonly string[]
}

/** Rows that are read from the shelf in one go: with the longest texts, 6 MB. */
const batch = 100
/** Of a text, in characters; of each one as little, where all are long. */
const [longestText, shortestText] = [2 ** 16, 2 ** 9]

/** Of an id or a source, in characters. */
const mostName = 256
/** Of a span or a log line. */
const mostAttributes = 200

const logged = (value: number): JsonNumber => (Number.isFinite(value) ? value : (String(value) as JsonNumber))

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
  const { label, notes, isLive } = store.overview()
  const made = isLive ? [`The run had not ended when this was made, at ${utcText(asOfMs)}.`] : []
  return { label, asOfMs, notes: [...notes, ...made, ...leftOut(limits, store)] }
}

function* factsOf({ books }: Store): Generator<LogbookEntry> {
  // what comes before any begin is taken for the task's
  const hasBegin = ({ attempts }: Book) => (attempts().length > 0 ? 1 : 0)
  for (const book of [books.platform, books.task].sort((a, b) => hasBegin(a) - hasBegin(b))) {
    const beats = Array.from({ length: book.beats.length() }, (_, index) => ({
      entry: { k: 'beat' as const, t: book.beats.get(index) },
      rank: book.beatRank(index),
    }))
    const delivery = book.delivery()
    const timeToGo = book.timeToGo()
    const { statuses, moments, checkpoints, findings, states } = book
    const lives = book.attempts().flatMap(({ begin, end }) => (end ? [begin, end] : [begin]))
    const others: readonly FactEntry[] = [
      ...lives,
      ...[states, statuses, moments, checkpoints, findings].flatMap((list): readonly FactEntry[] =>
        list.all(),
      ),
      ...(delivery ? [delivery] : []),
      ...(timeToGo ? [timeToGo] : []),
    ]
    const told = [...beats, ...others.map((entry) => ({ entry, rank: book.rank(entry) }))]
    for (const { entry } of told.sort((a, b) => a.rank - b.rank)) yield entry
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

const cut = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${beginningOf(text, most)}… (the report leaves out ${countText(text.length - most, 'character')})`

/** An entry whose texts together have so many characters at most, about. */
const cutEntry = (entry: LogbookEntry, most: number): LogbookEntry => {
  if (entry.k !== 'log' && entry.k !== 'span') return entry
  let rest = most
  const take = (text: string) => {
    const taken = cut(text, rest)
    rest = Math.max(shortestText / 8, rest - taken.length)
    return taken
  }
  const attributesOf = (told: LoggedAttributes): LoggedAttributes => {
    const kept: [string, LoggedAttributes[string]][] = []
    for (const [key, value] of Object.entries(told)) {
      if (kept.length >= mostAttributes) break
      kept.push([take(key), typeof value === 'string' ? take(value) : value])
    }
    return Object.fromEntries(kept)
  }
  const { attributes, source } = entry
  const names =
    entry.k === 'log'
      ? { ...(entry.spanId !== undefined && { spanId: beginningOf(entry.spanId, mostName) }) }
      : {
          id: beginningOf(entry.id, mostName),
          ...(entry.parent !== undefined && { parent: beginningOf(entry.parent, mostName) }),
        }
  const texts =
    entry.k === 'log'
      ? { text: take(entry.text) }
      : { name: take(entry.name), ...(entry.error !== undefined && { error: take(entry.error) }) }
  return {
    ...entry,
    ...names,
    ...texts,
    ...(source && { source: beginningOf(source, mostName) }),
    ...(attributes && { attributes: attributesOf(attributes) }),
  } as LogbookEntry
}

const lengthOf = (entry: LogbookEntry) => JSON.stringify(entry).length

/** Rows of a shelf; where all are long each one gets a share of what there is room for. */
async function* rowsOf(
  shelf: Shelf,
  places: readonly number[],
  characters: number,
): AsyncGenerator<LogbookEntry> {
  let rest = characters
  for (let from = 0; from < places.length; from += batch) {
    // most are short: one that is not may have what four of these left
    const share = (4 * rest) / (places.length - from)
    const most = Math.floor(Math.min(longestText, Math.max(shortestText, share)))
    const read = await shelf.read(places.slice(from, from + batch), (entry) => cutEntry(entry, most))
    for (const entry of read) {
      if (entry === undefined) continue
      rest = Math.max(0, rest - lengthOf(entry))
      yield entry
    }
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
  yield* rowsOf(shelf, store.spans.best(limits.spans), limits.characters)
  yield* rowsOf(shelf, store.logs.best(limits.logs), limits.characters)
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
