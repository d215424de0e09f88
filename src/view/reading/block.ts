import { type FileHandle, open } from 'node:fs/promises'
import type { LogbookEntry } from '../../logbook/entry.ts'

/** A file that entries are read from again. */
export interface ShelfFile {
  readonly path: string
  readonly inode: number
  /**
   * Where lines begin, of a file that holds several entries a line: an entry's place is its line's, and by one more for each
   * entry before it. Undefined: a line is an entry.
   */
  readonly lines: number[] | undefined
  /** The entries of a line. */
  readonly parse: (line: string) => readonly (LogbookEntry | undefined)[]
}

export const lineFeed = 10
/** So much is read for one line; for many that lie together. */
export const smallRead = 2 ** 12
export const largeRead = 2 ** 18
const longestRead = 2 ** 24

/** A buffer that no question uses now: each that is let go of stays in memory for long. */
let spare: Buffer<ArrayBuffer> | undefined

/** A file opened for one question, and the block of it that was read last. */
export const openBlock = async ({ path, inode }: ShelfFile) => {
  const file: FileHandle | undefined = await open(path, 'r').catch(() => undefined)
  // another one may have its name by now
  if (file === undefined || (await file.stat()).ino !== inode) {
    await file?.close()
    return undefined
  }
  let buffer = spare ?? Buffer.alloc(0)
  spare = undefined
  let bytes = buffer.subarray(0, 0)
  let start = 0
  /** Bytes from an offset on, as many as can be had; with a whole line at their beginning, unless that is too long. */
  const load = async (offset: number, length: number): Promise<boolean> => {
    for (let size = length; ; size = Math.min(longestRead, size * 8)) {
      if (buffer.length < size) buffer = Buffer.allocUnsafeSlow(size)
      const { bytesRead } = await file.read(buffer, 0, size, offset)
      bytes = buffer.subarray(0, bytesRead)
      start = offset
      if (bytes.includes(lineFeed)) return true
      if (bytesRead < size || size >= longestRead) return false
    }
  }
  const has = (offset: number) => offset >= start && offset < start + bytes.length
  return {
    line: async (offset: number, length: number): Promise<string | undefined> => {
      let end = has(offset) ? bytes.indexOf(lineFeed, offset - start) : -1
      if (end < 0) {
        if (!(await load(offset, length))) return undefined
        end = bytes.indexOf(lineFeed)
      }
      return bytes.toString('utf8', offset - start, end)
    },
    load,
    bytes: () => bytes,
    close: () => {
      if (buffer.length <= largeRead) spare = buffer
      return file.close()
    },
  }
}

export type Block = NonNullable<Awaited<ReturnType<typeof openBlock>>>
