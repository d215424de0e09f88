/**
 * All of a run, in columns: about 20 bytes for a point or a log line. It runs in Node and in a browser, and knows no files:
 * what it has no room for it reads from a shelf.
 *
 * @module
 */
import type { FactEntry, LogbookEntry } from '../../logbook/entry.ts'
import type { Overview, RunData } from '../api.ts'
import { type Book, createBook } from './book.ts'
import { createLogTable, type LogFacts, type LogTable } from './log-table.ts'
import { composeOverview } from './overview.ts'
import { isNear } from './sane.ts'
import { createSeriesTable, type SeriesTable } from './series-table.ts'
import type { Shelf } from './shelf.ts'
import type { AttemptSpan } from './span-moment.ts'
import { createSpanTable, type SpanTable } from './span-table.ts'
import type { Rest } from './steps.ts'
import { countText } from './words.ts'

export interface StoreOptions {
  /** What to call the run. */
  readonly label: string
  readonly nowMs: () => number
  /** Where the whole entries of spans and logs are. */
  readonly shelf: Shelf
  /** What to do between steps of work that takes long. @default nothing: it is done in one go */
  readonly rest?: Rest
}

/** How it stands with what the store cannot know by itself. */
export interface Reading {
  /** From 0 to 1: how much has been read. */
  readonly read: number
  /** Whether the run is known to go on. */
  readonly isKnownToRun: boolean
  /** Sentences. */
  readonly notes: readonly string[]
}

export interface Store {
  /** What the page asks. */
  readonly data: RunData
  /**
   * @param book - the logbook that it is of: ids of series are unique in it only
   * @param place - where the whole of a span or a log line is
   */
  readonly add: (entry: LogbookEntry, book: string, place: number) => void
  /** A log line whose text nobody has looked at. */
  readonly addLog: (log: LogFacts) => void
  readonly setReading: (reading: Reading) => void
  /** Does now what the first questions would have to wait for. */
  readonly prepare: () => Promise<void>
  readonly overview: () => Overview
  /** Grows whenever the overview may be another, but for what only time changes. */
  readonly version: () => number
  readonly series: SeriesTable
  readonly spans: SpanTable
  readonly logs: LogTable
  /** What each one tells of the whole. */
  readonly books: Readonly<Record<Teller, Book>>
}

const tellers = ['task', 'platform'] as const
export type Teller = (typeof tellers)[number]

/** The lives of a run as spans: one that has not ended lasts to the next one, or to now. */
const attemptSpansOf = ({ task, platform }: Store['books'], toMs: number): readonly AttemptSpan[] => {
  const attempts = (task.attempts().length > 0 ? task : platform).attempts()
  return attempts.map(({ begin, end }, index) => ({
    startMs: begin.t,
    endMs: end?.t ?? attempts[index + 1]?.begin.t ?? toMs,
    ...(end?.outcome === 'failed' && { error: end.text }),
  }))
}

const goneNotes = (spans: number, logs: number) => [
  ...(spans > 0 ? [`The oldest spans, ${countText(spans, 'span')}, are left out.`] : []),
  ...(logs > 0 ? [`The oldest log lines, ${countText(logs, 'line')}, are left out.`] : []),
]

export const createStore = ({ label, nowMs, shelf, rest = async () => {} }: StoreOptions): Store => {
  const series = createSeriesTable()
  const spans = createSpanTable(shelf, rest)
  const logs = createLogTable(shelf)
  const books = { task: createBook(), platform: createBook() }
  /** By the name of a logbook: who tells in it. */
  const tellerOf = new Map<string, Teller>()
  let reading: Reading = { read: 1, isKnownToRun: false, notes: [] }
  let version = 0
  let firstMs: number | undefined
  let lastMs: number | undefined

  /** Of facts only: what else is told may be of clocks and units of others. */
  let firstFactMs: number | undefined
  let lastFactMs = Number.NEGATIVE_INFINITY
  const seenFact = (t: number) => {
    firstFactMs = Math.min(t, firstFactMs ?? t)
    lastFactMs = Math.max(t, lastFactMs)
    stretch(t)
  }
  /** Now, as it was when that was last of moment: a million lines need not ask each. */
  let askedMs = Number.NEGATIVE_INFINITY
  const seen = (t: number) => {
    version += 1
    if (firstFactMs !== undefined && !isNear(t, firstFactMs, Math.max(lastFactMs, askedMs))) {
      askedMs = nowMs()
      if (!isNear(t, firstFactMs, Math.max(lastFactMs, askedMs))) return
    }
    stretch(t)
  }
  const stretch = (t: number) => {
    if (firstMs === undefined || t < firstMs) firstMs = t
    if (lastMs === undefined || t > lastMs) lastMs = t
  }
  const addFact = (entry: FactEntry, book: string) => {
    if (entry.k === 'begin') tellerOf.set(book, entry.by)
    books[tellerOf.get(book) ?? 'task'].add(entry)
    // a finding may be of no moment
    if (entry.t !== undefined) seenFact(entry.t)
    version += 1
  }
  /** How far the training of the newest attempt says that it is: the file follows from checkpoint to checkpoint only. */
  const trainedPercent = (): number | undefined => {
    const newest = series.newestOf('taskbeat.progress.percent')
    const beginMs = (books.task.attempt() ?? books.platform.attempt())?.begin.t
    if (newest === undefined || !Number.isFinite(newest.value) || newest.t < (beginMs ?? 0)) return undefined
    // 100 is said by the file alone
    return Math.max(0, Math.min(99, Math.floor(newest.value)))
  }
  const overview = () =>
    composeOverview({
      label,
      ...books,
      series: series.shown(),
      trainedPercent: trainedPercent(),
      step: series.newestStep(),
      spanCount: spans.count(),
      logCounts: [...logs.counts()],
      firstMs,
      lastMs,
      nowMs: nowMs(),
      ...reading,
      notes: [...reading.notes, ...goneNotes(spans.dropped(), logs.dropped())],
    })
  const attempts = () => attemptSpansOf(books, Math.max(lastMs ?? 0, books.task.attempt()?.end ? 0 : nowMs()))

  return {
    add: (entry, book, place) => {
      switch (entry.k) {
        case 'series':
          series.declare(book, entry)
          version += 1
          return
        case 'p':
          series.add(book, entry)
          seen(entry.t)
          return
        case 'span':
          spans.add(entry, place)
          seen(entry.t)
          seen(entry.endMs)
          return
        case 'log':
          logs.add({ t: entry.t, severity: entry.severity, place })
          seen(entry.t)
          return
        default:
          addFact(entry, book)
      }
    },
    addLog: (log) => {
      logs.add(log)
      seen(log.t)
    },
    setReading: (now) => {
      reading = now
      version += 1
    },
    prepare: () => spans.prepare(attempts()),
    overview,
    version: () => version,
    series,
    spans,
    logs,
    books,
    data: {
      overview: async () => overview(),
      curves: async (query) => series.curves(query),
      spans: (query) => spans.rows(query, attempts()),
      spanPlace: (query, index) => spans.place(query, index, attempts()),
      span: (index) => spans.details(index, attempts()),
      logs: async (query) => {
        const rows = await logs.rows(query)
        // more may come of what has not been read
        return reading.read < 1 ? { ...rows, isComplete: false } : rows
      },
      log: (index) => logs.log(index),
      logsBefore: (query, timeMs) => logs.before(query, timeMs),
    },
  }
}
