import { type Signal, signals } from '../../otlp/signals.ts'
import type { Batch } from '../batch.ts'
import { type Catalogue, makeCatalogue, type Place } from './catalogue.ts'
import { attempt, removeOwned, removeSegment } from './disk.ts'
import { type Holdings, makeHoldings } from './holdings.ts'
import { makeReader, type Reader } from './reader.ts'
import type { Segment } from './segment.ts'
import type { SpoolOptions } from './spool.ts'
import { makeWriter, sumOf, type Writer } from './writer.ts'

/** A file is ended at this size: what the caps drop, and what a settled file frees, goes by whole files. */
export const segmentBytes: number = 4 * 2 ** 20

/** A small spool has at least so many files, so that its cap takes little at once. */
const leastSegments = 16

/** Why something was dropped. */
export interface Reasons {
  readonly full: string
  readonly tooLarge: string
  readonly tooOld: string
}

/** The files of a spool and what is known of them. Calls must not overlap. */
export interface Files {
  readonly catalogue: Catalogue
  readonly holdings: Holdings
  readonly writer: Writer
  readonly reader: Reader
  readonly reasons: Reasons
  readonly countDropped: (batches: readonly Pick<Batch, 'signal' | 'items'>[], reason: string) => void
  /** Records were settled: marks them, or removes their files. */
  readonly finish: (places: readonly Place[]) => Promise<void>
  /** Drops what waits in a file, and the file. What is taken from it can no more be put back. */
  readonly drop: (segment: Segment, reason: string) => Promise<void>
  /** Drops the files with the oldest records until there is room for so many bytes more. */
  readonly makeRoom: (bytes: number) => Promise<void>
  /** Drops files in which everything is too old. */
  readonly dropOld: () => Promise<void>
  /** Batches from before it are too old. */
  readonly tooOldMs: () => number
}

const sizeText = (bytes: number) =>
  `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`

const ageText = (ms: number) => {
  const [unit, unitMs] = ms >= 86_400_000 ? ['days', 86_400_000] : ['hours', 3_600_000]
  return `${Number((ms / unitMs).toFixed(1))} ${unit}`
}

const reasonsOf = ({ maxBytes, maxAgeMs }: SpoolOptions): Reasons => ({
  full: `spool is full (${sizeText(maxBytes)})`,
  tooLarge: `larger than the spool (${sizeText(maxBytes)})`,
  tooOld: `older than ${ageText(maxAgeMs)}`,
})

export const makeFiles = (options: SpoolOptions): Files => {
  const { dir, maxBytes, maxAgeMs, clock, onDropped } = options
  const catalogue = makeCatalogue()
  const holdings = makeHoldings(clock)
  const reasons = reasonsOf(options)
  const tooOldMs = () => clock.now().getTime() - maxAgeMs

  const countDropped: Files['countDropped'] = (batches, reason) => {
    const itemsOf = (signal: Signal) =>
      sumOf(batches.map((batch) => (batch.signal === signal ? batch.items : 0)))
    for (const signal of signals) {
      const items = itemsOf(signal)
      if (items > 0) onDropped(signal, items, reason)
    }
  }

  const drop = async (segment: Segment, reason: string) => {
    countDropped(catalogue.drop(segment, reason), reason)
    if (writer.openFile(segment)) await writer.rotate()
    else await reader.close()
    await removeSegment(segment.path)
    const { directory } = segment
    const isNeeded =
      directory === writer.directory() || catalogue.segments().some((other) => other.directory === directory)
    // that of somebody who is gone goes with its last file
    if (!isNeeded && (await removeOwned(directory))) holdings.remove(directory)
  }

  const onLost = async (directory: string) => {
    for (const segment of catalogue.segments())
      if (segment.directory === directory) await drop(segment, 'its directory in the spool is gone')
  }

  const writer = makeWriter({
    root: dir,
    segmentBytes: Math.min(segmentBytes, Math.ceil(maxBytes / leastSegments)),
    catalogue,
    holdings,
    onLost,
  })
  const reader = makeReader(writer.openFile)

  /** A file of which everything is settled. */
  const end = async (segment: Segment) => {
    const file = writer.openFile(segment)
    // what is written to next is cut: a new file would have to be made, and its directory synced
    if (file && (await attempt(() => file.truncate()))) {
      catalogue.setSize(segment, 0)
      segment.clear()
    } else {
      await drop(segment, 'settled')
    }
  }

  return {
    catalogue,
    holdings,
    writer,
    reader,
    reasons,
    countDropped,
    drop,
    tooOldMs,
    finish: async (places) => {
      for (const [segment, settled] of Map.groupBy(places, (place) => place.segment)) {
        if (segment.droppedFor !== undefined) continue
        if (segment.isSettled()) await end(segment)
        else
          await reader.mark(
            segment,
            settled.map(({ index }) => index),
          )
      }
    },
    makeRoom: async (bytes) => {
      while (catalogue.bytes() + bytes > maxBytes) {
        const [oldest] = catalogue
          .segments()
          .filter(({ sizeBytes }) => sizeBytes > 0)
          .toSorted((a, b) => a.oldestAtMs() - b.oldestAtMs())
        if (!oldest) return
        await drop(oldest, reasons.full)
      }
    },
    dropOld: async () => {
      const limitMs = tooOldMs()
      for (const segment of catalogue.segments())
        if (!segment.isSettled() && segment.newestAtMs() < limitMs) await drop(segment, reasons.tooOld)
    },
  }
}
