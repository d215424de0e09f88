import { isUtf8 } from 'node:buffer'

/** Longest line that is read, in bytes (64 MiB). */
export const MAX_LINE_BYTES = 64 * 1024 * 1024

/** A line of the input, counted from 1: its text, or why it has none. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: string }

const NEWLINE = 0x0a

/**
 * Splits bytes into lines, holding one line at most. Blank lines count and are left out; white space around a line,
 * and a byte-order mark before it, are dropped.
 */
export const splitLines = async function* (
  input: AsyncIterable<Uint8Array | string>,
  { maxBytes = MAX_LINE_BYTES } = {},
): AsyncGenerator<Line> {
  let number = 1
  let pieces: Uint8Array[] = []
  let sizeBytes = 0

  const add = (piece: Uint8Array) => {
    sizeBytes += piece.length
    if (sizeBytes > maxBytes) pieces = []
    else pieces.push(piece)
  }
  const take = (): Line | undefined => {
    const line =
      sizeBytes > maxBytes
        ? { number, fault: `the line is longer than ${maxBytes} bytes` }
        : decode(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces), number)
    pieces = []
    sizeBytes = 0
    number++
    return line
  }

  for await (const piece of input) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      start = end + 1
      const line = take()
      if (line !== undefined) yield line
    }
    if (start < chunk.length) add(chunk.subarray(start))
  }
  const last = take()
  if (last !== undefined) yield last
}

const decode = (bytes: Uint8Array, number: number): Line | undefined => {
  if (!isUtf8(bytes)) return { number, fault: 'the line is not UTF-8' }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().trim()
  return text === '' ? undefined : { number, text }
}
