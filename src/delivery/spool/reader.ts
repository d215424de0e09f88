import type { FileHandle } from 'node:fs/promises'
import type { Place } from './catalogue.ts'
import { attempt, openSegment } from './disk.ts'
import { headerBytes, parseRecord, settledState, stateOffset } from './format.ts'
import type { Segment } from './segment.ts'

/** Reads payloads and marks what is settled. Its calls must not overlap. */
export interface Reader {
  /**
   * The payload of a record; undefined if it is damaged.
   *
   * @throws what the disk says
   */
  readonly read: (place: Place) => Promise<Uint8Array | undefined>
  /** Marks records as settled. What cannot be marked may be delivered once more by who comes next. */
  readonly mark: (segment: Segment, indexes: readonly number[]) => Promise<void>
  /** Syncs marks. */
  readonly sync: (segment: Segment) => Promise<void>
  /** Closes what is open. */
  readonly close: () => Promise<void>
}

/** @param openFile - a file that is open already */
export const makeReader = (openFile: (segment: Segment) => FileHandle | undefined): Reader => {
  // batches are taken in order, and settled soon after: most often it is the file of the last call
  let last: { readonly segment: Segment; readonly file: FileHandle } | undefined

  const close = async () => {
    const done = last
    last = undefined
    if (done) await attempt(() => done.file.close())
  }

  const fileOf = async (segment: Segment): Promise<FileHandle> => {
    const open = openFile(segment)
    if (open) return open
    if (last?.segment !== segment) {
      await close()
      last = { segment, file: await openSegment(segment.path) }
    }
    return last.file
  }

  return {
    read: async ({ segment, index }) => {
      const { offset, length } = segment.facts(index)
      const file = await fileOf(segment)
      // its length was checked against the file's
      const record = Buffer.allocUnsafeSlow(headerBytes + length)
      let size = 0
      while (size < record.length) {
        const { bytesRead } = await file.read(record, size, record.length - size, offset + size)
        if (bytesRead === 0) return undefined
        size += bytesRead
      }
      return parseRecord(record, offset)
    },
    mark: async (segment, indexes) => {
      await attempt(async () => {
        const file = await fileOf(segment)
        segment.hasUnsyncedMarks = true
        for (const index of indexes)
          await file.write(settledState, 0, settledState.length, segment.facts(index).offset + stateOffset)
      })
    },
    sync: async (segment) => {
      await attempt(async () => (await fileOf(segment)).datasync())
      segment.hasUnsyncedMarks = false
    },
    close,
  }
}
