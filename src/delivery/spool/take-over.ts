import { join } from 'node:path'
import { identify } from '../../processes/identity.ts'
import {
  attempt,
  claim,
  listDirectories,
  listSegments,
  openSegment,
  removeOwned,
  removeSegment,
  silenceMs,
} from './disk.ts'
import type { Holdings } from './holdings.ts'
import { judgeOwner, makeOwnedName } from './owner.ts'
import { scanRecords } from './scan.ts'
import { type Facts, makeSegment, type Segment } from './segment.ts'

/**
 * An owner that nobody here can see counts as gone when it showed no life for so long: four beats. One that was only
 * stopped for that time finds its directory gone when it goes on, and writes into a new one.
 */
const leaseMs = 60_000

export interface TakeOverOptions {
  readonly root: string
  readonly holdings: Holdings
  /** Batches whose end is missing. */
  readonly onCutOff: (batches: readonly Pick<Facts, 'signal' | 'items'>[]) => void
  /** Nothing more is to be taken over. */
  readonly isStopped: () => boolean
}

/** Reads what of a file is to be delivered; undefined if that is nothing, and the file is gone then. */
const readSegment = async (
  directory: string,
  path: string,
  onCutOff: TakeOverOptions['onCutOff'],
): Promise<Segment | undefined> => {
  await using file = await openSegment(path)
  const { size } = await file.stat()
  const segment = makeSegment({ directory, path, origin: 'earlier' }, size)
  const { endOffset, cutOff } = await scanRecords(file, size, (header, offset) => {
    if (!header.isSettled) segment.add({ ...header, offset })
  })
  if (cutOff && !cutOff.isSettled) onCutOff([cutOff])
  if (segment.isSettled()) {
    await removeSegment(path)
    return undefined
  }
  // also so that nobody counts it again
  if (endOffset < size) await attempt(() => file.truncate(endOffset))
  segment.sizeBytes = endOffset
  return segment
}

/**
 * Takes over the directories of processes that are gone, and tells what is to be delivered in them. What cannot be
 * read, renamed or written stays as it is, and keeps nobody from the rest.
 *
 * @throws what the disk says of the directory of the spool, if there is one
 */
export const takeOverDirectories = async ({
  root,
  holdings,
  onCutOff,
  isStopped,
}: TakeOverOptions): Promise<readonly Segment[]> => {
  const self = identify('self')
  const found: Segment[] = []

  const isGone = async (name: string) => {
    const owner = judgeOwner(name, self)
    return owner === 'gone' || (owner === 'elsewhere' && (await silenceMs(root, join(root, name))) > leaseMs)
  }

  const takeOne = async (name: string) => {
    const ours = join(root, makeOwnedName(self))
    if (!(await isGone(name))) return
    await claim(join(root, name), ours)
    holdings.add(ours)
    for (const path of await listSegments(ours)) {
      // the rest waits for who comes next
      if (isStopped()) return
      await attempt(async () => {
        const segment = await readSegment(ours, path, onCutOff)
        if (segment) found.push(segment)
      })
    }
    if (await removeOwned(ours)) holdings.remove(ours)
  }

  const held = new Set(holdings.all())
  for (const name of await listDirectories(root)) {
    if (isStopped()) break
    if (!held.has(join(root, name))) await attempt(() => takeOne(name))
  }
  return found
}
