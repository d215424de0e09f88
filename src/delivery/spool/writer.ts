import type { FileHandle } from 'node:fs/promises'
import { stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../errors.ts'
import type { Batch } from '../batch.ts'
import type { Catalogue } from './catalogue.ts'
import { attempt, createSegment, makeOwned, removeSegment, segmentName, writeAll } from './disk.ts'
import { encodeHeader, headerBytes } from './format.ts'
import type { Holdings } from './holdings.ts'
import { makeOwnedName } from './owner.ts'
import { type Facts, makeSegment, type Segment } from './segment.ts'

/** What a batch needs in a file. */
export const recordBytes = ({ bytes }: Batch): number => headerBytes + bytes.length

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** The one place that adds to files: the last one of this process. Its calls must not overlap. */
export interface Writer {
  /**
   * Appends batches and syncs them, in one file or, what is too much for one, in several.
   *
   * @throws what the disk says; what was written is then taken back
   */
  readonly write: (batches: readonly Batch[]) => Promise<void>
  /** The open file, if it is this segment's. */
  readonly openFile: (segment: Segment) => FileHandle | undefined
  /** The directory that is written to, if there is one. */
  readonly directory: () => string | undefined
  /** Ends the file that is written to; the next batch gets a new one. */
  readonly rotate: () => Promise<void>
}

export interface WriterOptions {
  readonly root: string
  /** A file that would grow beyond it is ended. */
  readonly segmentBytes: number
  readonly catalogue: Catalogue
  readonly holdings: Holdings
  /** The directory was moved or removed by somebody else, with what was in it. */
  readonly onLost: (directory: string) => Promise<void>
}

/** Batches in their order, in groups of at most `maxBytes`, or of one that is larger. */
const groupBatches = (batches: readonly Batch[], maxBytes: number): readonly (readonly Batch[])[] => {
  const groups: Batch[][] = []
  let bytes = 0
  for (const batch of batches) {
    bytes += recordBytes(batch)
    const last = groups.at(-1)
    if (last && bytes <= maxBytes) {
      last.push(batch)
    } else {
      groups.push([batch])
      bytes = recordBytes(batch)
    }
  }
  return groups
}

/** The directory disappears once, if ever; a third time something else is wrong. */
const maxTries = 3

interface Written {
  readonly segment: Segment
  readonly sizeBefore: number
  readonly records: readonly Facts[]
}

export const makeWriter = ({ root, segmentBytes, catalogue, holdings, onLost }: WriterOptions): Writer => {
  let directory: string | undefined
  let number = 0
  let active: { readonly segment: Segment; readonly file: FileHandle } | undefined

  const rotate = async () => {
    const ended = active
    active = undefined
    if (ended) await attempt(() => ended.file.close())
  }

  const makeDirectory = async () => {
    const made = join(root, makeOwnedName())
    await makeOwned(made)
    number = 0
    holdings.add(made)
    return made
  }

  const create = async () => {
    directory ??= await makeDirectory()
    number += 1
    const path = join(directory, segmentName(number))
    const file = await createSegment(path)
    const segment = makeSegment({ directory, path, origin: 'own' }, 0)
    catalogue.addSegments([segment])
    return { segment, file }
  }

  /** The file in which so many bytes are to be written. */
  const fileFor = async (bytes: number) => {
    const size = active?.segment.sizeBytes ?? 0
    if (size > 0 && size + bytes > segmentBytes) await rotate()
    active ??= await create()
    return active
  }

  const writeGroup = async (batches: readonly Batch[], onBegun: (written: Written) => void) => {
    const bytes = sumOf(batches.map(recordBytes))
    const { segment, file } = await fileFor(bytes)
    const sizeBefore = segment.sizeBytes
    const records: Facts[] = []
    const buffers: Uint8Array[] = []
    let offset = sizeBefore
    for (const batch of batches) {
      records.push({ ...batch, offset, length: batch.bytes.length })
      buffers.push(encodeHeader(batch, offset), batch.bytes)
      offset += recordBytes(batch)
    }
    onBegun({ segment, sizeBefore, records })
    await writeAll(file, buffers, sizeBefore)
    await file.datasync()
    catalogue.setSize(segment, offset)
  }

  const takeBack = async (written: readonly Written[]) => {
    // never appended to again: after a failed sync nobody knows what a file holds
    await rotate()
    for (const { segment, sizeBefore } of written) {
      catalogue.setSize(segment, sizeBefore)
      if (sizeBefore > 0) {
        await attempt(() => truncate(segment.path, sizeBefore))
      } else {
        catalogue.drop(segment, 'never written')
        await removeSegment(segment.path)
      }
    }
  }

  const writeOnce = async (batches: readonly Batch[]) => {
    const written: Written[] = []
    try {
      for (const group of groupBatches(batches, segmentBytes))
        await writeGroup(group, (begun) => written.push(begun))
      // who took us for dead has it now, and may have read it before this was written
      if (directory) await stat(directory)
    } catch (error) {
      await takeBack(written)
      throw error
    }
    for (const { segment, records } of written)
      for (const facts of records) catalogue.addRecord(segment, facts)
  }

  const forgetDirectory = async () => {
    const lost = directory
    directory = undefined
    await rotate()
    if (lost === undefined) return
    holdings.remove(lost)
    await onLost(lost)
  }

  return {
    write: async (batches) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await writeOnce(batches)
        } catch (error) {
          if (codeOf(error) !== 'ENOENT' || tries === maxTries) throw error
          await forgetDirectory()
        }
      }
    },
    openFile: (segment) => (active?.segment === segment ? active.file : undefined),
    directory: () => directory,
    rotate,
  }
}
