import { cutToBytes, cutToWords } from './cut-text.ts'
import { decodeLine } from './line-buffer.ts'
import { lastPiece } from './pieces.ts'
import { isDrawnOver, plainText } from './plain-text.ts'

/** How many lines a verdict can choose from. */
const MAX_LINES = 20
/** How much is shown of each. */
export const SHOWN_BYTES = 512
/** What is kept of a line until somebody asks; more than is shown, because hiding secrets makes a line shorter. */
const KEPT_BYTES = 8 * 1024

/** The last lines of a stream that are not empty. */
export interface LastLines {
  readonly add: (text: string) => void
  /** Adds the last of the lines in a chunk from `from` to before `to`, where a line feed stands before. */
  readonly addAll: (chunk: Buffer, from: number, to: number) => void
  /** Newest last; with one more that has not ended, if there is one. */
  readonly read: (unfinished: string | undefined) => readonly string[]
}

const LINE_FEED = 0x0a
const ESCAPE = 0x1b

const keep = (text: string): string =>
  text.length > KEPT_BYTES ? cutToWords(text.slice(0, KEPT_BYTES)) : text

export const createLastLines = (redact: (text: string) => string): LastLines => {
  /** Texts of lines that somebody read, and bytes of those that nobody did. */
  const kept: (string | Buffer)[] = []
  const push = (line: string | Buffer) => {
    kept.push(line)
    if (kept.length > MAX_LINES) kept.shift()
  }
  const copyLine = (chunk: Buffer, from: number, to: number): string | Buffer | undefined => {
    const place = lastPiece(chunk, from, to)
    if (place === undefined) return undefined
    const bytes = chunk.subarray(place.from, place.to)
    if (bytes.length <= KEPT_BYTES && !bytes.includes(ESCAPE)) return Buffer.from(bytes)
    const text = decodeLine(chunk, place.from, place.to)
    return isDrawnOver(text) ? undefined : keep(plainText(text))
  }
  return {
    add: (text) => push(keep(text)),
    addAll: (chunk, from, to) => {
      const lines: (string | Buffer)[] = []
      let end = to - 1
      while (end > from && lines.length < MAX_LINES) {
        const begin = Math.max(from, chunk.lastIndexOf(LINE_FEED, end - 1) + 1)
        const line = copyLine(chunk, begin, end)
        if (line !== undefined) lines.push(line)
        end = begin - 1
      }
      for (const line of lines.toReversed()) push(line)
    },
    read: (unfinished) =>
      [...kept, ...(unfinished === undefined ? [] : [keep(unfinished)])]
        .slice(-MAX_LINES)
        .map((line) => (typeof line === 'string' ? line : plainText(line.toString())))
        .map((text) => cutToBytes(redact(text).trimEnd(), SHOWN_BYTES)),
  }
}
