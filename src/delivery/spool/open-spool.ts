import { rename, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../errors.ts'
import type { Batch } from '../batch.ts'
import type { Place } from './catalogue.ts'
import { attempt, removeOwned } from './disk.ts'
import { type Files, makeFiles, segmentBytes } from './files.ts'
import { maxPayloadBytes } from './format.ts'
import { makeClosedName } from './owner.ts'
import type { Spool, SpooledBatch, SpoolOptions } from './spool.ts'
import { takeOverDirectories } from './take-over.ts'
import { recordBytes, sumOf } from './writer.ts'

interface Append {
  readonly batches: readonly Batch[]
  readonly done: PromiseWithResolvers<void>
}

const bytesOf = (batches: readonly Batch[]) => sumOf(batches.map(recordBytes))

/** What of some batches a spool can hold at all: the last that fit into it, and none that alone is too large. */
const selectFitting = (batches: readonly Batch[], maxBytes: number) => {
  const isTooLarge = (batch: Batch) => recordBytes(batch) > maxBytes || batch.bytes.length > maxPayloadBytes
  const rest = batches.filter((batch) => !isTooLarge(batch))
  let bytes = bytesOf(rest)
  const surplus: Batch[] = []
  for (const batch of rest) {
    if (bytes <= maxBytes) break
    bytes -= recordBytes(batch)
    surplus.push(batch)
  }
  return { tooLarge: batches.filter(isTooLarge), surplus, fitting: rest.slice(surplus.length), bytes }
}

/** The first appends, at least one, and together no more than a file holds. */
const selectJoined = (appends: readonly Append[]): readonly Append[] => {
  let bytes = 0
  const end = appends.findIndex(({ batches }, index) => {
    bytes += bytesOf(batches)
    return index > 0 && bytes > segmentBytes
  })
  return appends.slice(0, end < 0 ? appends.length : end)
}

/** Nothing is wrong with a batch when these keep us from reading it: it can be taken later. */
const passing = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'])

const write = async (
  { makeRoom, writer, countDropped, reasons }: Files,
  batches: readonly Batch[],
  maxBytes: number,
) => {
  const { tooLarge, surplus, fitting, bytes } = selectFitting(batches, maxBytes)
  if (fitting.length > 0) {
    await makeRoom(bytes)
    await writer.write(fitting)
  }
  countDropped(tooLarge, reasons.tooLarge)
  countDropped(surplus, reasons.full)
}

/** A batch that was chosen, read; undefined if it had to be dropped, and counted then. */
const read = async (files: Files, place: Place): Promise<SpooledBatch | 'later' | undefined> => {
  const { segment, index } = place
  const { signal, items, acceptedAtMs } = segment.facts(index)
  const dropIt = async (reason: string) => {
    files.countDropped([{ signal, items }], reason)
    files.catalogue.settle(place)
    await files.finish([place])
    return undefined
  }
  try {
    const bytes = await files.reader.read(place)
    if (!bytes) return await dropIt('damaged in the spool')
    return { signal, items, bytes, acceptedAtMs, origin: segment.origin }
  } catch (error) {
    const code = codeOf(error)
    if (passing.has(code)) return 'later'
    const reason = `cannot be read from the spool (${code})`
    // nothing else of the file is there either
    if (code === 'ENOENT') await files.drop(segment, reason)
    return dropIt(reason)
  }
}

const closeAll = async (dir: string, { catalogue, holdings, writer, reader, drop }: Files) => {
  await holdings.stop()
  for (const segment of catalogue.segments()) {
    if (segment.isSettled()) await drop(segment, 'settled')
    else if (segment.hasUnsyncedMarks) await reader.sync(segment)
  }
  await writer.rotate()
  await reader.close()
  for (const directory of holdings.all()) {
    const isRemoved = await removeOwned(directory)
    // nobody has to find out first that we are gone
    if (!isRemoved) await attempt(() => rename(directory, join(dir, makeClosedName())))
  }
  // one that never was a spool is somebody else's
  if (holdings.hadAny()) await attempt(() => rmdir(dir))
}

/**
 * Opens the spool in a directory. Nothing is made there before the first append.
 *
 * Calls to the disk are made one after the other, so that a disk that hangs holds one thread. Appends that wait for
 * their turn are written and synced together. Batches are known by identity: what is settled or put back are the
 * objects that were taken. After `close` nothing can be taken or appended.
 */
export const openSpool = (options: SpoolOptions): Spool => {
  const { dir, maxBytes } = options
  const files = makeFiles(options)
  const { catalogue, countDropped } = files
  // who forgets a batch leaves it to the next process
  const taken = new WeakMap<SpooledBatch, Place>()
  const appends: Append[] = []
  let closing: Promise<void> | undefined
  let lastTurn: Promise<unknown> = Promise.resolve()
  let lastTakeOver: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = lastTurn.then(act)
    lastTurn = done.catch(() => undefined)
    return done
  }

  const writeJoined = async () => {
    const joined = selectJoined(appends)
    appends.splice(0, joined.length)
    // written with those before
    if (joined.length === 0) return
    try {
      await write(
        files,
        joined.flatMap(({ batches }) => batches),
        maxBytes,
      )
      for (const { done } of joined) done.resolve()
    } catch (error) {
      for (const { done } of joined) done.reject(error)
    }
  }

  const take: Spool['take'] = async (signal, limits) => {
    await files.dropOld()
    for (;;) {
      const { chosen, expired } = catalogue.choose(signal, limits, files.tooOldMs())
      countDropped(
        expired.map(({ segment, index }) => segment.facts(index)),
        files.reasons.tooOld,
      )
      await files.finish(expired)
      const batches: SpooledBatch[] = []
      let isStuck = chosen.length === 0
      for (const place of chosen) {
        const batch = await read(files, place)
        if (batch === 'later') {
          isStuck = true
          place.segment.setState(place.index, 'waiting')
        } else if (batch) {
          taken.set(batch, place)
          batches.push(batch)
        }
      }
      if (isStuck || batches.length > 0) return batches
    }
  }

  /** Where batches are, which are in nobody's hands from now on. */
  const release = (batches: readonly SpooledBatch[]) =>
    batches.flatMap((batch) => {
      const place = taken.get(batch)
      taken.delete(batch)
      return place ?? []
    })

  return {
    append: async (batches) => {
      if (closing) throw new Error('the spool is closed')
      if (batches.length === 0) return
      const done = Promise.withResolvers<void>()
      appends.push({ batches, done })
      void inTurn(writeJoined)
      await done.promise
    },
    take: async (signal, limits) => (closing ? [] : inTurn(() => take(signal, limits))),
    settle: async (batches) => {
      if (closing) return
      await inTurn(async () => {
        const places = release(batches)
        for (const place of places) catalogue.settle(place)
        await files.finish(places)
      })
    },
    putBack: (batches) => {
      for (const { segment, index } of release(batches)) {
        if (segment.droppedFor === undefined) segment.setState(index, 'waiting')
        else countDropped([segment.facts(index)], segment.droppedFor)
      }
    },
    waiting: catalogue.waiting,
    takeOver: () => {
      const isStopped = () => closing !== undefined
      const onCutOff = (batches: Parameters<typeof countDropped>[0]) =>
        countDropped(batches, 'cut off in the spool')
      const done = lastTakeOver.then(async () => {
        const found = await takeOverDirectories({ root: dir, holdings: files.holdings, onCutOff, isStopped })
        await inTurn(async () => {
          catalogue.addSegments(found)
          await files.dropOld()
          await files.makeRoom(0)
        })
      })
      lastTakeOver = done.catch(() => undefined)
      return done
    },
    close: () => {
      closing ??= lastTakeOver.then(() => inTurn(() => closeAll(dir, files)))
      return closing
    },
  }
}
