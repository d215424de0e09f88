import { type FileHandle, open } from 'node:fs/promises'

/** A file that may grow, and how far it has been read. */
export interface Tail {
  readonly path: string
  /** By which it is known again: another one may get its name. */
  readonly inode: number
  /** The first line that has not been read begins there. */
  offset: number
  sizeBytes: number
  /** Within a line that is too long to be looked at. */
  isSkipping: boolean
}

/** A stretch of bytes in which a line is: without its line break. */
export interface Line {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
  /** Where it begins in the file. */
  readonly offset: number
}

export interface SliceOptions {
  /** Returns false for a line that says nothing that is known. */
  readonly onLine: (line: Line) => boolean
  readonly onBad: () => void
}

const sliceBytes = 2 ** 18
/** A longer line is left out. */
const longestLineBytes = 2 ** 24
const lineFeed = 10

/** One buffer for all: slices are read one after the other. */
export const createTailReader = () => {
  let buffer = Buffer.allocUnsafeSlow(sliceBytes)

  const readAt = async (file: FileHandle, position: number, length: number) => {
    const { bytesRead } = await file.read(buffer, 0, length, position)
    return bytesRead
  }

  /** The next whole lines of a file. */
  const readSlice = async (
    file: FileHandle,
    tail: Tail,
    { onLine, onBad }: SliceOptions,
  ): Promise<boolean> => {
    const wanted = Math.min(buffer.length, tail.sizeBytes - tail.offset)
    if (wanted <= 0) return false
    const length = await readAt(file, tail.offset, wanted)
    if (length === 0) return false
    const last = buffer.lastIndexOf(lineFeed, length - 1)
    if (last < 0) {
      // a half line at the end waits for its rest
      if (length < buffer.length) {
        if (!tail.isSkipping) return false
      } else if (!tail.isSkipping && buffer.length < longestLineBytes) {
        buffer = Buffer.allocUnsafeSlow(buffer.length * 4)
        return true
      } else if (!tail.isSkipping) {
        tail.isSkipping = true
        onBad()
      }
      tail.offset += length
      return true
    }
    for (let from = 0; from <= last; ) {
      const to = buffer.indexOf(lineFeed, from)
      if (!tail.isSkipping && to > from) {
        if (!onLine({ bytes: buffer, from, to, offset: tail.offset + from })) onBad()
      }
      tail.isSkipping = false
      from = to + 1
    }
    tail.offset += last + 1
    if (buffer.length > sliceBytes) buffer = Buffer.allocUnsafeSlow(sliceBytes)
    return true
  }

  return {
    /** Reads to the end that the file had when it was looked at; gives way to everything else after each slice. */
    readToEnd: async (tail: Tail, options: SliceOptions, onSlice: () => Promise<boolean>): Promise<void> => {
      const file = await open(tail.path, 'r').catch(() => undefined)
      if (file === undefined) return
      try {
        // another one may have its name by now
        if ((await file.stat()).ino !== tail.inode) return
        while (await readSlice(file, tail, options)) if (!(await onSlice())) return
      } finally {
        await file.close()
      }
    },
  }
}

export type TailReader = ReturnType<typeof createTailReader>
