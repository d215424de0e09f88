import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { isJsonObject } from '../../json.ts'
import type { LogbookEntry } from '../../logbook/entry.ts'
import { seriesKey } from '../../otlp/points/point.ts'
import type { Signal } from '../../otlp/signals.ts'
import { parseEntry, unknownVersion } from '../store/check-entry.ts'
import { createStore, type Store } from '../store/store.ts'
import { countText } from '../store/words.ts'
import { createFileShelf, type FileShelf, parseLine } from './file-shelf.ts'
import { readLogPrefix } from './log-line.ts'
import { createOtlpReader } from './otlp-entries.ts'
import { listFiles, type RunFile } from './places.ts'
import { createTailReader, type Line, type Tail } from './tail.ts'

export interface ReadRunOptions {
  readonly directory: string
  readonly label: string
  readonly clock: Clock
  readonly isKnownToRun: () => boolean
}

/** The files of one run, read into a store once and then as they grow. */
export interface RunReading {
  readonly store: Store
  readonly shelf: FileShelf
  /** Reads what has come since. Resolves to false where files were replaced that had not been read: begin anew. */
  readonly look: () => Promise<boolean>
  /** Resolves when what is small has been read. */
  readonly factsRead: Promise<void>
  readonly close: () => void
}

interface Followed {
  readonly file: RunFile
  readonly tail: Tail
  /** Its number on the shelf. */
  readonly number: number
  /** Where its lines begin, if these hold many entries. */
  readonly lines: number[] | undefined
}

/** What is read first: what is small, then what others depend on. */
const turns: readonly ((file: RunFile) => boolean)[] = [
  ({ holds }) => holds === 'facts',
  ({ isTelemetry, holds }) => isTelemetry && holds !== 'metrics',
  ({ holds }) => holds === 'curves',
  ({ isTelemetry, holds }) => isTelemetry && holds === 'metrics',
  ({ holds }) => holds === 'spans' || holds === 'logs',
]

/**
 * Whether a file that has gone, or has been replaced, takes with it what had not been read. Old files of facts, spans and
 * logs go for good, with what is in them; of curves two become one, which has nothing new for whoever has read both.
 */
const isLost = ({ file: { holds, isTelemetry }, tail }: Followed, isReplaced: boolean): boolean => {
  if (isTelemetry) return true
  return holds === 'curves' ? tail.offset < tail.sizeBytes : isReplaced
}

export const readRun = ({ directory, label, clock, isKnownToRun }: ReadRunOptions): RunReading => {
  const shelf = createFileShelf()
  const store = createStore({ label, nowMs: () => clock.now().getTime(), shelf, rest: () => setImmediate() })
  const reader = createTailReader()
  const followed = new Map<string, Followed>()
  /** Signals of which telemetry has items: what the logbook has of these is left out. */
  const taken = new Set<Signal>()
  /** Curves that the task's logbook has. */
  const ownCurves = new Set<string>()
  const otlp = createOtlpReader((key) => ownCurves.has(key))
  const facts = Promise.withResolvers<void>()
  let isClosed = false
  /** Logbooks whose newest attempt speaks a version that is not known here: their facts may mean something else. */
  const foreign = new Set<string>()
  const versions = new Set<string>()
  let bad = 0
  let readBytes = 0
  let allBytes = 0
  let isWhole = false

  const tellReading = () =>
    store.setReading({
      read: isWhole ? 1 : Math.min(0.99, allBytes === 0 ? 0 : readBytes / allBytes),
      isKnownToRun: isKnownToRun(),
      notes: [
        ...[...versions].map(
          (version) =>
            `The logbook of this run, or of an attempt, is of ${version}, which this taskbeat does not know: look at it with a newer one.`,
        ),
        ...(bad > 0 ? [`${countText(bad, 'line')} could not be read.`] : []),
      ],
    })

  const onLogbookLine = ({ file, number }: Followed, line: Line): boolean => {
    const place = shelf.place(number, line.offset)
    const log = file.holds === 'logs' ? readLogPrefix(line) : undefined
    if (log !== undefined) {
      if (!taken.has('logs')) store.addLog({ ...log, place })
      return true
    }
    const text = line.bytes.toString('utf8', line.from, line.to)
    const entry = parseEntry(text)
    const version = file.holds === 'facts' ? unknownVersion(text) : undefined
    if (version !== undefined) {
      foreign.add(file.book)
      versions.add(version)
      return true
    }
    if (entry?.k === 'begin') foreign.delete(file.book)
    if (file.holds === 'facts' && foreign.has(file.book)) return true
    if (entry === undefined) return false
    if ((entry.k === 'log' && taken.has('logs')) || (entry.k === 'span' && taken.has('traces'))) return true
    if (entry.k === 'series') ownCurves.add(seriesKey(entry))
    store.add(entry, file.book, place)
    return true
  }

  const requestEntries = (
    signal: Signal,
    line: string,
  ): readonly (LogbookEntry | undefined)[] | undefined => {
    try {
      const request: unknown = JSON.parse(line)
      return isJsonObject(request) ? otlp.entries(signal, request) : undefined
    } catch {
      return undefined
    }
  }

  const onTelemetryLine = ({ file, number, lines }: Followed, line: Line): boolean => {
    const signal = file.holds as Signal
    const entries = requestEntries(signal, line.bytes.toString('utf8', line.from, line.to))
    if (entries === undefined) return false
    lines?.push(line.offset)
    const isFirst = !taken.has(signal) && entries.some((entry) => entry !== undefined)
    if (isFirst) {
      taken.add(signal)
      if (signal === 'traces') store.spans.clear()
      if (signal === 'logs') store.logs.clear()
    }
    for (const [index, entry] of entries.entries()) {
      if (entry) store.add(entry, file.book, shelf.place(number, line.offset + index))
    }
    return true
  }

  const follow = (file: RunFile): Followed => {
    const { path, inode, sizeBytes, isTelemetry, holds } = file
    const lines: number[] | undefined = isTelemetry ? [] : undefined
    const parse = isTelemetry ? (line: string) => requestEntries(holds as Signal, line) ?? [] : parseLine
    const number = shelf.add({ path, inode, lines, parse })
    const tail: Tail = { path, inode, offset: 0, sizeBytes, isSkipping: false }
    return { file, tail, number, lines }
  }

  const forget = ({ file, number }: Followed) => {
    const range = [shelf.place(number, 0), shelf.place(number + 1, 0)] as const
    if (file.holds === 'logs') store.logs.forgetPlaces(...range)
    if (file.holds === 'spans') store.spans.forgetPlaces(...range)
  }

  /** What has become of the files; false: something is gone that had not been read. */
  const takeStock = (files: readonly RunFile[]): boolean => {
    const there = new Map(files.map((file) => [file.path, file]))
    for (const [path, known] of followed) {
      const now = there.get(path)
      const { tail } = known
      if (now && now.inode === tail.inode && now.sizeBytes >= tail.offset) {
        tail.sizeBytes = now.sizeBytes
        continue
      }
      if (isLost(known, now !== undefined)) return false
      followed.delete(path)
      forget(known)
      if (now) {
        const joined = follow(now)
        joined.tail.offset = now.sizeBytes
        followed.set(path, joined)
      }
    }
    for (const file of files) if (!followed.has(file.path)) followed.set(file.path, follow(file))
    return true
  }

  const onBad = () => {
    bad += 1
  }

  const readFile = async (one: Followed) => {
    const { tail, file } = one
    const onLine = file.isTelemetry
      ? (line: Line) => onTelemetryLine(one, line)
      : (line: Line) => onLogbookLine(one, line)
    let before = tail.offset
    await reader.readToEnd(tail, { onLine, onBad }, async () => {
      readBytes += tail.offset - before
      before = tail.offset
      tellReading()
      // everything else has its turn: questions, and other runs
      await setImmediate()
      return !isClosed
    })
  }

  const look = async (): Promise<boolean> => {
    const files = await listFiles(directory)
    if (!takeStock(files)) return false
    if (!isWhole) allBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    for (const isTurn of turns) {
      for (const one of followed.values()) {
        if (isTurn(one.file) && one.tail.offset < one.tail.sizeBytes && !isClosed) await readFile(one)
      }
      facts.resolve()
    }
    if (!isWhole) {
      isWhole = true
      tellReading()
      // nobody waits for it
      void store.prepare()
    }
    return true
  }

  return {
    store,
    shelf,
    look: async () => {
      try {
        return await look()
      } finally {
        facts.resolve()
      }
    },
    factsRead: facts.promise,
    close: () => {
      isClosed = true
    },
  }
}
