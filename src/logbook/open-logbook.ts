import { type Clock, endsWithin, systemClock } from '../clock.ts'
import { codeOf } from '../errors.ts'
import { type LogbookDisk, logbookDisk } from './disk.ts'
import { createEntrance } from './entrance.ts'
import type { Family, LogbookEntry } from './entry.ts'
import { parseSegmentName, type Segment, segmentName } from './segments.ts'
import { createShelf, joiningName, type Room } from './shelf.ts'

export interface LogbookOptions {
  readonly directory: string
  /** All of the directory's files together have no more: at least 1 MiB. */
  readonly maxBytes: number
  /** Is told once, in a sentence, why there is no logbook, or no more of it. */
  readonly onTrouble: (message: string) => void
  readonly clock?: Clock
  readonly disk?: LogbookDisk
}

/** What happens to a run, written down for people to look at. Never throws, and never waits for the disk. */
export interface Logbook {
  /** Integer of at least 1, greater than in any earlier attempt in the directory: it makes ids unique. Never rejects. */
  readonly serial: Promise<number>
  readonly add: (entry: LogbookEntry) => void
  /** Writes what is left; resolves then, or when the disk takes too long. What is added later is ignored. */
  readonly close: () => Promise<void>
}

/** How much of all each family may have. */
const shares: Readonly<Record<Family, number>> = { facts: 0.1, curves: 0.45, spans: 0.2, logs: 0.25 }

const largestSegment = 2 ** 20
/** So that the longest line finds room. */
const leastSegment = 2 ** 14
/** Where a family has more room than the least segments need, so that not much goes at once. */
const leastSegments = 16
/** Less would hold next to nothing. */
const leastBytes = 2 ** 20
const closeMs = 2_000
/** A file system that has not answered by then hangs. */
const openMs = 10_000

const pause = () => new Promise<void>((resolve) => setImmediate(resolve))

const find = async (disk: LogbookDisk) => {
  const files = (await disk.list()).flatMap(({ name, bytes }) => {
    const parsed = parseSegmentName(name)
    return parsed ? [{ ...parsed, bytes }] : []
  })
  await disk.remove(joiningName)
  return (family: Family): readonly Segment[] =>
    files
      .filter((file) => file.family === family)
      .map(({ number, bytes }) => ({ number, bytes }))
      .toSorted((a, b) => a.number - b.number)
}

/** Attempts that came before leave half of the room for facts: of very many the first ones go. */
const forgetFirst = async (disk: LogbookDisk, found: readonly Segment[], mostBytes: number) => {
  let kept = found
  while (kept.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes) {
    const [first, ...rest] = kept
    if (!first) break
    await disk.remove(segmentName('facts', first.number))
    kept = rest
  }
  return kept
}

/** @param maxBytes - of all */
const roomsOf = (maxBytes: number): Readonly<Record<Family, Room>> => {
  const roomOf = (family: Family): Room => {
    const mostBytes = Math.floor(maxBytes * shares[family])
    const usual = Math.floor(mostBytes / leastSegments)
    return { mostBytes, segmentBytes: Math.min(largestSegment, Math.max(leastSegment, usual)) }
  }
  return { facts: roomOf('facts'), curves: roomOf('curves'), spans: roomOf('spans'), logs: roomOf('logs') }
}

/**
 * Opens the logbook in a directory, which is made if it is missing; what earlier attempts wrote there is continued. What
 * is added before that is done waits. A disk that refuses costs the logbook, and nothing else.
 */
export const openLogbook = (options: LogbookOptions): Logbook => {
  const { directory, onTrouble, clock = systemClock, disk = logbookDisk(options.directory) } = options
  const rooms = roomsOf(Math.max(options.maxBytes, leastBytes))

  const open = async () => {
    const found = await find(disk)
    const facts = await forgetFirst(disk, found('facts'), rooms.facts.mostBytes / 2)
    const numberAfter = (family: Family) => (found(family).at(-1)?.number ?? 0) + 1
    const shelfOf = (family: Family, kept = found(family)) => {
      const next = numberAfter(family)
      return createShelf({ ...rooms[family], family, disk, found: kept, next, clock, pause })
    }
    return {
      serial: numberAfter('facts'),
      shelves: {
        facts: shelfOf('facts', facts),
        curves: shelfOf('curves'),
        spans: shelfOf('spans'),
        logs: shelfOf('logs'),
      },
    }
  }
  const openInTime = async () => {
    const opening = open()
    if (await endsWithin(clock, openMs, opening)) return opening
    throw Object.assign(new Error('the file system does not answer'), { code: 'ETIMEDOUT' })
  }
  const opened = openInTime()
  let hasFailed = false
  const entrance = createEntrance({
    shelves: opened.then(({ shelves }) => shelves),
    rooms,
    clock,
    onFailure: (error) => {
      hasFailed = true
      onTrouble(`the logbook in ${directory} cannot be written (${codeOf(error)}): the run goes on without`)
    },
  })
  let closing: Promise<unknown> | undefined
  return {
    serial: opened.then(
      ({ serial }) => serial,
      () => 1,
    ),
    add: (entry) => {
      if (closing === undefined && !hasFailed) entrance.add(entry)
    },
    close: async () => {
      closing ??= endsWithin(clock, closeMs, entrance.close())
      await closing
    },
  }
}
