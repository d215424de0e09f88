import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'

export interface GrowingFileReader {
  /** Where the next bytes belong. */
  readonly room: () => Buffer
  /** So many bytes have been put there. */
  readonly take: (count: number) => void
  /** What comes next comes from the beginning: the file was truncated, rewritten, or another took its place. */
  readonly restarted: () => void
}

/** A file that others append to; it may be absent. */
export interface GrowingFile {
  /** Hands over what was appended since the last time, up to the size that the file has now. One at a time. */
  readonly catchUp: () => Promise<void>
  /** Ends with the read that is under way. */
  readonly close: () => Promise<void>
}

interface Held {
  readonly handle: FileHandle
  readonly stats: BigIntStats
  offset: number
  /** The bytes before the offset: if they are others, the file was written anew. */
  tail: Buffer
}

const tailBytes = 64

const isAbsence = (error: unknown) =>
  ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))

/** Undefined too for a directory or a pipe: neither is a file that grows. */
const lookAt = async (path: string): Promise<BigIntStats | undefined> => {
  try {
    const stats = await stat(path, { bigint: true })
    return stats.isFile() ? stats : undefined
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

const openFile = async (path: string): Promise<Held | undefined> => {
  try {
    // a pipe that took its place in this moment must not make us wait for its other end
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    return { handle, stats: await handle.stat({ bigint: true }), offset: 0, tail: Buffer.alloc(0) }
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

const isSameFile = (a: BigIntStats, b: BigIntStats) => a.ino === b.ino && a.dev === b.dev

const isTailThere = async ({ handle, offset, tail }: Held): Promise<boolean> => {
  if (tail.length === 0) return true
  const found = Buffer.alloc(tail.length)
  const { bytesRead } = await handle.read(found, 0, tail.length, offset - tail.length)
  return bytesRead === tail.length && found.equals(tail)
}

/**
 * Reads a file that grows, wherever it is now: what is still written to one that was removed or replaced is read
 * before the next. The open handle keeps the inode number from being given to another file.
 */
export const openGrowingFile = (path: string, { room, take, restarted }: GrowingFileReader): GrowingFile => {
  let held: Held | undefined
  let isClosed = false
  // when the file was last changed, as far as it has been read
  let seenAt: bigint | undefined

  /** Each read lets the event loop go on, so that heartbeats do not wait for a great file. */
  const readUpTo = async (file: Held, size: number) => {
    while (file.offset < size && !isClosed) {
      const into = room()
      const wanted = Math.min(into.length, size - file.offset)
      const { bytesRead } = await file.handle.read(into, 0, wanted, file.offset)
      if (bytesRead === 0) return
      file.offset += bytesRead
      const newest = into.subarray(Math.max(0, bytesRead - tailBytes), bytesRead)
      file.tail = Buffer.concat([file.tail, newest]).subarray(-tailBytes)
      take(bytesRead)
    }
  }

  const letGo = async () => {
    const file = held
    held = undefined
    await file?.handle.close()
  }

  const sizeOf = async ({ handle }: Held) => Number((await handle.stat({ bigint: true })).size)

  const startOver = (file: Held) => {
    file.offset = 0
    file.tail = Buffer.alloc(0)
    restarted()
  }

  const wasRewritten = async (file: Held, now: BigIntStats) => {
    // a line that was written over one of the same length changes no size
    const hasChanged = Number(now.size) !== file.offset || now.mtimeNs !== seenAt
    return hasChanged && !(await isTailThere(file))
  }

  const look = async () => {
    const now = await lookAt(path)
    const isOther = now !== undefined && held !== undefined && !isSameFile(now, held.stats)
    if (held && (isOther || now === undefined)) await readUpTo(held, await sizeOf(held))
    if (isOther) {
      await letGo()
      restarted()
    }
    if (now === undefined || isClosed) return
    held ??= await openFile(path)
    if (held === undefined) return
    if (await wasRewritten(held, now)) startOver(held)
    await readUpTo(held, Number(now.size))
    seenAt = now.mtimeNs
  }

  let underWay: Promise<void> = Promise.resolve()
  return {
    catchUp: () => {
      underWay = look()
      return underWay
    },
    close: async () => {
      isClosed = true
      await underWay.catch(() => {})
      await letGo()
    },
  }
}
