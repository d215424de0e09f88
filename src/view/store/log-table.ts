import type { LogRow, LogRows, LogsQuery } from '../api.ts'
import { type Column, float64Column, uint8Column, uint32Column } from './column.ts'
import { listedLog, wholeLog } from './log-row.ts'
import { firstAbove, firstAtLeast, keepOrder, type Order } from './order.ts'
import { keepSearches, type Search } from './search.ts'
import type { Shelf } from './shelf.ts'

/** What is kept of a log line: the rest is on its shelf. */
export interface LogFacts {
  readonly t: number
  /** OpenTelemetry's severity number. */
  readonly severity: number
  readonly place: number
}

type Filter = Omit<LogsQuery, 'offset' | 'limit'>

export interface LogTable {
  readonly add: (log: LogFacts) => void
  /** By class, 0 to 6. */
  readonly counts: () => readonly number[]
  readonly count: () => number
  /** Lines that were let go, as there were too many. */
  readonly dropped: () => number
  readonly rows: (query: LogsQuery) => Promise<LogRows>
  readonly log: (index: number) => Promise<LogRow | undefined>
  readonly before: (query: Filter, timeMs: number) => Promise<number>
  /** What lay at these places, from the first to before the second, is no more. */
  readonly forgetPlaces: (from: number, to: number) => void
  /** Those to keep where there are too many: by severity, then the newest; their places, in the order of time. */
  readonly best: (limit: number) => readonly number[]
  readonly clear: () => void
}

/** 17 bytes each. */
const mostRows = 2_500_000
const classes = 7
/** Rows by severity or words: those of the last few questions are kept. */
const keptLists = 6

/** 0 unknown, 1 trace, 2 debug, 3 info, 4 warn, 5 error, 6 fatal. */
export const severityClass = (severity: number): number =>
  severity >= 1 && severity <= 24 ? Math.ceil(severity / 4) : 0

const gone = { text: '(no longer on disk)' }

const noCounts = () => new Array<number>(classes).fill(0)

/** Rows that pass a filter, in order, and how many of all have been looked at for it. */
interface List {
  readonly of: Uint32Array | undefined
  readonly search: Search | undefined
  readonly rows: Column
  looked: number
}

export const createLogTable = (shelf: Shelf): LogTable => {
  const times = float64Column()
  const severities = uint8Column()
  const places = float64Column()
  const order = keepOrder(times)
  const searches = keepSearches(places, shelf)
  const lists = new Map<string, List>()
  let counts = noCounts()
  let dropped = 0

  const push = ({ t, place }: LogFacts, level: number) => {
    times.push(t)
    severities.push(level)
    places.push(place)
    counts[level] = (counts[level] ?? 0) + 1
  }

  const startAnew = () => {
    order.forget()
    searches.forget()
    lists.clear()
  }

  /** Keeps only some rows. */
  const sift = (keep: (row: number) => boolean) => {
    let kept = 0
    counts = noCounts()
    for (let row = 0; row < times.length(); row += 1) {
      if (!keep(row)) continue
      times.set(kept, times.get(row))
      severities.set(kept, severities.get(row))
      places.set(kept, places.get(row))
      counts[severities.get(row)] = (counts[severities.get(row)] ?? 0) + 1
      kept += 1
    }
    for (const column of [times, severities, places]) column.truncate(kept)
    startAnew()
  }

  /** Looks at what has come since, or at all again where the order is another. */
  const listOf = (minSeverity: number, search: Search | undefined, words: string): Order => {
    const all = order.get()
    if (minSeverity <= 0 && search === undefined) return all
    const key = `${minSeverity} ${words}`
    const known = lists.get(key)
    // what is not in order cannot be looked at in the order in which a search comes through
    const isUsable = known?.of === all.rows && known?.search === search && (search === undefined || !all.rows)
    const list: List = known && isUsable ? known : { of: all.rows, search, rows: uint32Column(), looked: 0 }
    lists.delete(key)
    lists.set(key, list)
    for (const old of lists.keys()) {
      if (lists.size <= keptLists) break
      lists.delete(old)
    }
    const end = all.rows || !search ? all.length : search.looked()
    for (; list.looked < end; list.looked += 1) {
      const row = all.at(list.looked)
      if (severities.get(row) >= minSeverity && (!search || search.has(row))) list.rows.push(row)
    }
    return { length: list.rows.length(), at: list.rows.get, rows: undefined }
  }

  /** The rows of a query that have been found, and whether these are all. */
  const find = async ({ minSeverity = 0, search: text, fromMs, toMs }: Filter) => {
    const words = text?.toLowerCase() ?? ''
    const search = words === '' ? undefined : searches.of(words)
    await search?.goOnForAWhile()
    const list = listOf(minSeverity, search, words)
    const from = fromMs === undefined ? 0 : firstAtLeast(list, times.get, fromMs)
    const to = toMs === undefined ? list.length : Math.max(from, firstAbove(list, times.get, toMs))
    return { list, from, to, isComplete: !search || search.looked() >= times.length() }
  }

  const factsOf = (row: number) => ({ index: row, t: times.get(row), severity: severities.get(row) })

  return {
    add: (log) => {
      push(log, severityClass(log.severity))
      if (times.length() <= mostRows) return
      const quarter = times.length() >>> 2
      dropped += quarter
      sift((row) => row >= quarter)
    },
    counts: () => counts,
    count: times.length,
    dropped: () => dropped,
    rows: async (query) => {
      const { list, from, to, isComplete } = await find(query)
      const first = from + query.offset
      const length = Math.max(0, Math.min(query.limit, to - first))
      const chosen = Array.from({ length }, (_, index) => list.at(first + index))
      const facts = chosen.map(factsOf)
      const told = await shelf.read(chosen.map(places.get), listedLog)
      const rows = facts.map((row, place) => ({ ...row, ...(told[place] ?? gone) }))
      return { total: to - from, isComplete, rows }
    },
    log: async (index) => {
      if (!(index >= 0 && index < times.length())) return undefined
      const facts = factsOf(index)
      const [told = gone] = await shelf.read([places.get(index)], wholeLog)
      return { ...facts, ...told }
    },
    before: async (query, timeMs) => {
      const { list, from, to } = await find(query)
      return Math.min(to, Math.max(from, firstAtLeast(list, times.get, timeMs))) - from
    },
    forgetPlaces: (from, to) => sift((row) => places.get(row) < from || places.get(row) >= to),
    best: (limit) => {
      const { length, at } = order.get()
      const chosen: number[] = []
      for (const isWanted of [(level: number) => level >= 5, (level: number) => level < 5]) {
        for (let place = length - 1; place >= 0 && chosen.length < limit; place -= 1) {
          if (isWanted(severities.get(at(place)))) chosen.push(place)
        }
      }
      return chosen.sort((a, b) => a - b).map((place) => places.get(at(place)))
    },
    clear: () => {
      for (const column of [times, severities, places]) column.truncate(0)
      counts = noCounts()
      dropped = 0
      startAnew()
    },
  }
}
