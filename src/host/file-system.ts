import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { known } from './known.ts'
import type { Reading } from './reading.ts'

/** What the kernel says of the space of a file system, in blocks of `bsize` bytes. @see statfs(2) */
export type Space = Pick<StatsFs, 'bsize' | 'blocks' | 'bfree' | 'bavail'>

/** A file system that does not answer is not told of after so many readings. */
const freshReadings = 3

/** Readings of a file system; as `df` has it, what is reserved counts neither as used nor as usable. */
export const spaceReadings = ({ bsize, blocks, bfree, bavail }: Space): readonly Reading[] => {
  // some say that nothing is there, such as /proc; on others less than nothing is left to us
  if (!(blocks > 0)) return []
  const free = Math.min(Math.max(0, bavail), bfree)
  const used = blocks - bfree
  const states = Object.entries({ used, free, reserved: bfree - free })
  return [
    { metric: 'system.filesystem.limit', value: blocks * bsize },
    ...states.map(
      ([state, count]): Reading => ({
        metric: 'system.filesystem.usage',
        value: count * bsize,
        attributes: { 'system.filesystem.state': state },
      }),
    ),
    ...known('system.filesystem.utilization', used + free > 0 ? used / (used + free) : undefined),
  ]
}

/**
 * Readings of the file system of a directory. A network file system may not answer for hours: it is asked aside, never
 * twice at a time, and each reading tells what the last question found. One that does not answer occupies one of
 * Node's four threads for files, and holds up the end of the process, as whatever else is done in that directory.
 */
export const openFileSystem = (
  directory: string,
  ask: (path: string) => Promise<Space> = statfs,
): (() => readonly Reading[]) => {
  let space: Space | undefined
  let readingsLeft = 0
  let isAsking = false
  const start = () => {
    if (isAsking) return
    isAsking = true
    const take = (answer: Space | undefined) => {
      isAsking = false
      space = answer
      readingsLeft = freshReadings
    }
    // not there yet, or not any more
    ask(directory).then(take, () => take(undefined))
  }
  start()
  return () => {
    const told = space && readingsLeft > 0 ? spaceReadings(space) : []
    readingsLeft -= 1
    start()
    return told
  }
}
