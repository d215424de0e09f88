import { cutToWords } from './cut-text.ts'
import { isBlank } from './pieces.ts'

/** What is kept of a line, in bytes. */
export const LINE_BYTES = 64 * 1024

/** What stands at the end of a line that was longer. */
export const CUT_MARK = ' … (cut: longer than 64 KiB)'

/** Bytes of one line, which come piece by piece; beyond 64 KiB they are forgotten. */
export interface LineBuffer {
  /** Adds the bytes of a chunk from `from` to before `to`. */
  readonly add: (chunk: Buffer, from: number, to: number) => void
  readonly clear: () => void
  /** Bytes kept. */
  readonly size: () => number
  /** Whether nothing of it can be seen. */
  readonly isBlank: () => boolean
  /** What it says, with a mark where it was cut. */
  readonly text: () => string
  /** Puts what is in here into another, in place of what was there. */
  readonly moveTo: (other: LineBuffer) => void
}

/** The text that stands in a chunk from `from` to before `to`, with a mark where it was cut. */
export const decodeLine = (bytes: Buffer, from: number, to: number): string =>
  to - from <= LINE_BYTES
    ? bytes.toString('utf8', from, to)
    : `${cutToWords(bytes.toString('utf8', from, from + LINE_BYTES))}${CUT_MARK}`

export const createLineBuffer = (): LineBuffer => {
  let bytes = Buffer.allocUnsafe(1024)
  let size = 0
  /** One byte over the limit tells `decodeLine` that there was more. */
  const limit = LINE_BYTES + 1
  const self: LineBuffer = {
    add: (chunk, from, to) => {
      const count = Math.min(to - from, limit - size)
      if (size + count > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.min(limit, Math.max(2 * bytes.length, size + count)))
        bytes.copy(larger, 0, 0, size)
        bytes = larger
      }
      chunk.copy(bytes, size, from, from + count)
      size += count
    },
    clear: () => {
      size = 0
    },
    size: () => size,
    isBlank: () => isBlank(bytes, 0, size),
    text: () => decodeLine(bytes, 0, size),
    moveTo: (other) => {
      other.clear()
      other.add(bytes, 0, size)
      size = 0
    },
  }
  return self
}
