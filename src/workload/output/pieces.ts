import { plainText } from './plain-text.ts'

const CARRIAGE_RETURN = 0x0d
const ESCAPE = 0x1b
const SPACE = 0x20

/** Whether nothing can be seen of what stands there: spaces, control characters and escape sequences at most. */
export const isBlank = (chunk: Buffer, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) {
    const byte = chunk[at] ?? SPACE
    if (byte === ESCAPE) return plainText(chunk.toString('utf8', at, to)).trim() === ''
    if (byte > SPACE) return false
  }
  return true
}

/** Where something stands in a chunk: from the one to before the other. */
export interface Place {
  readonly from: number
  readonly to: number
}

/** What a terminal shows in the end of a line with carriage returns: the last of its pieces that is not blank. */
export const lastPiece = (chunk: Buffer, from: number, to: number): Place | undefined => {
  const line = chunk.subarray(from, to)
  let end = line.length
  while (end > 0) {
    const begin = line.lastIndexOf(CARRIAGE_RETURN, end - 1) + 1
    if (!isBlank(line, begin, end)) return { from: from + begin, to: from + end }
    end = begin - 1
  }
  return undefined
}
