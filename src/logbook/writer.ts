import type { Clock } from '../clock.ts'
import { type Family, families } from './entry.ts'
import type { Line, Shelf } from './shelf.ts'

const flushMs = 1_000
const flushBytes = 65_536
/** Of a family; while the disk does not keep up, more is left out. */
const mostWaitingBytes = 2 ** 20

export interface WriterOptions {
  /** Rejects where there can be none. */
  readonly shelves: Promise<Readonly<Record<Family, Shelf>>>
  /** Is called before each write, to add what is due. */
  readonly onFlush: () => void
  /** So many lines did not find room. */
  readonly onLeftOut: (family: Family, count: number) => void
  /** The disk has refused: nothing is written from now on. */
  readonly onFailure: (error: unknown) => void
  readonly clock: Clock
}

/** Writes lines to their shelves, one write at a time, each second and when many wait. */
export interface Writer {
  /** Whether the line was taken. */
  readonly add: (family: Family, line: Line) => boolean
  /** What is on the disk, and what waits to be. */
  readonly bytes: (family: Family) => number
  /** Whether more points had better wait for others to be joined with. */
  readonly isBehind: (family: Family) => boolean
  /** Something will be due at the next flush. */
  readonly arm: () => void
  readonly close: () => Promise<void>
}

const byFamily = <T>(make: () => T): Record<Family, T> => ({
  facts: make(),
  curves: make(),
  spans: make(),
  logs: make(),
})

export const createWriter = (options: WriterOptions): Writer => {
  const { onFlush, onLeftOut, onFailure, clock } = options
  let shelves: Readonly<Record<Family, Shelf>> | undefined
  let waiting = byFamily<Line[]>(() => [])
  const waitingBytes = byFamily(() => 0)
  let underWay = Promise.resolve()
  let isWriting = false
  let cancelTimer: (() => void) | undefined
  let hasFailed = false
  let isClosed = false

  const writeAll = async () => {
    shelves ??= await options.shelves
    const batch = waiting
    waiting = byFamily(() => [])
    for (const family of families) {
      const lines = batch[family]
      if (lines.length === 0) continue
      const bytes = lines.reduce((sum, line) => sum + line.bytes, 0)
      const left = await shelves[family].append(lines)
      waitingBytes[family] -= bytes
      if (left > 0) onLeftOut(family, left)
      if (!isClosed) await shelves[family].tidy()
    }
  }

  const fail = (error: unknown) => {
    hasFailed = true
    waiting = byFamily(() => [])
    cancelTimer?.()
    onFailure(error)
    void closeFiles()
  }

  const closeFiles = async () => {
    // what could be written is; a disk that refuses now was told of
    await Promise.allSettled(families.map((family) => shelves?.[family].close()))
  }

  // a fault before anything was to be written is worth telling too
  options.shelves.catch((error: unknown) => {
    if (!hasFailed) fail(error)
  })

  const arm = () => {
    if (hasFailed || isClosed) return
    cancelTimer ??= clock.after(flushMs, flush)
  }

  const flush = () => {
    cancelTimer?.()
    cancelTimer = undefined
    if (hasFailed) return
    // what is due by then has no line that waits, perhaps
    if (isWriting) return arm()
    onFlush()
    isWriting = true
    underWay = writeAll()
      .catch((error: unknown) => {
        if (!hasFailed) fail(error)
      })
      .then(() => {
        isWriting = false
        if (families.some((family) => waiting[family].length > 0)) arm()
      })
  }

  return {
    add: (family, line) => {
      if (hasFailed || waitingBytes[family] + line.bytes > mostWaitingBytes) return false
      waiting[family].push(line)
      waitingBytes[family] += line.bytes
      if (waitingBytes[family] >= flushBytes && !isWriting) flush()
      else arm()
      return true
    },
    bytes: (family) => (shelves?.[family].bytes() ?? 0) + waitingBytes[family],
    isBehind: (family) => waitingBytes[family] > mostWaitingBytes / 2,
    arm,
    close: async () => {
      isClosed = true
      await underWay
      flush()
      await underWay
      await closeFiles()
    },
  }
}
