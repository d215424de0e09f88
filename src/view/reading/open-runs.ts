/**
 * Runs as they lie on disk, asked and followed. Nothing is read before somebody asks, and nothing is looked at again when
 * nobody asks or listens any more.
 *
 * @module
 */
import { type Clock, endsWithin, systemClock } from '../../clock.ts'
import type { LogbookEntry } from '../../logbook/entry.ts'
import type { Overview, RunData, RunsData } from '../api.ts'
import { entriesOf, type ReportHead, type ReportLimits, reportHead } from '../store/report.ts'
import { checkDirectory, labelsOf } from './places.ts'
import { type RunReading, readRun } from './read-run.ts'

export interface OpenRunsOptions {
  readonly clock?: Clock
  /**
   * Whether the run is known to go on, as its process is: then silence is not its end, and its directory need not be there
   * yet. Absent: nobody knows.
   */
  readonly isLive?: () => boolean
}

/** One run on disk. */
export interface OpenRun extends RunData {
  /** What goes before its entries in a report. Reads all of it first, as `entries` does. */
  readonly head: (limits?: ReportLimits) => Promise<ReportHead>
  /** All of it, as far as the limits of a report go. */
  readonly entries: (limits?: ReportLimits) => AsyncIterable<LogbookEntry>
}

export interface OpenRuns extends RunsData {
  readonly runs: readonly OpenRun[]
  readonly close: () => void
}

/** The first answer waits so long for what is small, and then for all the rest. */
const factsMs = 750
const restMs = 150
/** A later one waits so long for what has been appended since. */
const freshMs = 200
/** Between two looks at the files. */
const lookMs = 500
/** What only time changes (how long ago a sign of life was) is told so often. */
const timeMs = 5_000

interface OpenRunOptions {
  readonly directory: string
  readonly label: string
  readonly clock: Clock
  readonly isLive: (() => boolean) | undefined
}

const openRun = ({ directory, label, clock, isLive }: OpenRunOptions) => {
  const begin = () => readRun({ directory, label, clock, isKnownToRun: isLive ?? (() => false) })
  let reading: RunReading | undefined
  let looking: Promise<void> | undefined
  let lookedMs = Number.NEGATIVE_INFINITY
  let isRead = false
  let isClosed = false

  /** Files were replaced: all is read anew, and answered from what was known until that is done. */
  const beginAnew = async () => {
    const next = begin()
    if (!(await next.look())) return next.close()
    reading?.close()
    reading = next
  }
  const lookNow = async () => {
    reading ??= begin()
    if (!(await reading.look())) await beginAnew()
    isRead = true
    lookedMs = clock.monotonicMs()
  }
  const look = (): Promise<void> => {
    if (isClosed) return Promise.resolve()
    looking ??= lookNow().finally(() => {
      looking = undefined
    })
    return looking
  }
  /** Not before each of the questions that come together. */
  const lookIfOld = () => (clock.monotonicMs() - lookedMs < lookMs ? Promise.resolve() : look())

  /** What answers now: after the facts have been read, or all that has come since. */
  const current = async (refresh: () => Promise<void>) => {
    reading ??= begin()
    const ended = refresh()
    // whoever waits no longer must not be told of its failure either
    ended.catch(() => {})
    if (!isRead) await endsWithin(clock, factsMs, reading.factsRead)
    await endsWithin(clock, isRead ? freshMs : restMs, ended)
    return reading.store
  }
  const whole = async () => {
    await look()
    // what was under way may have begun before the last lines came
    await look()
    reading ??= begin()
    return reading
  }

  const run: OpenRun = {
    overview: async () => (await current(look)).overview(),
    curves: async (query) => (await current(lookIfOld)).data.curves(query),
    spans: async (query) => (await current(lookIfOld)).data.spans(query),
    spanPlace: async (query, index) => (await current(lookIfOld)).data.spanPlace(query, index),
    span: async (index) => (await current(lookIfOld)).data.span(index),
    logs: async (query) => (await current(lookIfOld)).data.logs(query),
    log: async (index) => (await current(lookIfOld)).data.log(index),
    logsBefore: async (query, timeMs) => (await current(lookIfOld)).data.logsBefore(query, timeMs),
    head: async (limits) => reportHead((await whole()).store, clock.now().getTime(), limits),
    entries: async function* (limits) {
      const { store, shelf } = await whole()
      yield* entriesOf(store, shelf, limits)
    },
  }
  return {
    run,
    look,
    store: () => reading?.store,
    close: () => {
      isClosed = true
      reading?.close()
    },
  }
}

type Listener = (run: number, overview: Overview) => void

/**
 * Opens results directories of `run` and `simulate`, or what `emulate --keep` has left.
 *
 * @throws {TaskbeatError} `USAGE` (64) for a directory without a logbook, unless its run is known to go on
 */
export const openRuns = (
  directories: readonly string[],
  { clock = systemClock, isLive }: OpenRunsOptions = {},
): OpenRuns => {
  if (isLive === undefined) for (const directory of directories) checkDirectory(directory)
  const labels = labelsOf(directories)
  const opened = directories.map((directory, index) =>
    openRun({ directory, label: labels[index] ?? directory, clock, isLive }),
  )
  const listeners = new Set<Listener>()
  const told = opened.map(() => ({ version: -1, atMs: Number.NEGATIVE_INFINITY }))
  let cancel: (() => void) | undefined

  const tell = () => {
    for (const [index, { store }] of opened.entries()) {
      const now = store()
      const last = told[index]
      if (now === undefined || last === undefined) continue
      const isDue = clock.monotonicMs() - last.atMs >= timeMs
      if (now.version() === last.version && !isDue) continue
      const overview = now.overview()
      if (now.version() === last.version && !overview.isLive) continue
      told[index] = { version: now.version(), atMs: clock.monotonicMs() }
      for (const listener of listeners) listener(index, overview)
    }
  }
  const follow = () => {
    for (const { look } of opened) look().catch(() => {})
    // before: a listener that hears what it waited for may be the last one to leave
    cancel = clock.after(lookMs, follow)
    tell()
  }
  const rest = () => {
    cancel?.()
    cancel = undefined
  }

  return {
    runs: opened.map(({ run }) => run),
    onChange: (listener) => {
      listeners.add(listener)
      if (cancel === undefined) follow()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) rest()
      }
    },
    onGone: () => () => {},
    close: () => {
      listeners.clear()
      rest()
      for (const { close } of opened) close()
    },
  }
}
