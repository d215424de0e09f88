/**
 * Which lines of a file have some words, mostly without a text made of them.
 */
import { entryHas } from '../store/shelf.ts'
import { type Block, largeRead, lineFeed, openBlock, type ShelfFile, smallRead } from './block.ts'
import { createProbe, type Probe } from './find-bytes.ts'

const escaped = (words: string) => JSON.stringify(words).slice(1, -1)

/**
 * What to look for in the bytes of a line before it is read as JSON: the longest part of the words that is one byte a
 * character, in lower case. May be empty: then any line can have them.
 */
export const probeOf = (words: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  (escaped(words).match(/[\x00-\x7f]+/g) ?? []).reduce((a, b) => (b.length > a.length ? b : a), '')

/**
 * Whether words can stand in a line of ours but in a value, or in the key of an attribute: then where they stand says
 * enough, and a million lines need not be read as JSON.
 */
const isPlain = (words: string) =>
  /^[^"\\:,{}\u0080-\uffff]+$/.test(words) &&
  !['attributes', 'error', 'source', 'spanid'].some((key) => key.includes(words))

interface Stretch {
  readonly from: number
  readonly to: number
}

const quote = 34
const backslash = 92
const logStart = Buffer.from('{"k":"log","t":')
const spanStart = Buffer.from('{"k":"span","t":')
const textStart = Buffer.from(',"text":"')
const nameStart = Buffer.from(',"name":"')
const sourceStart = Buffer.from(',"source":"')
const escapeStart = Buffer.from('\\u')

const isAt = (bytes: Buffer, at: number, expected: Buffer) =>
  bytes.compare(expected, 0, expected.length, at, Math.min(bytes.length, at + expected.length)) === 0

/** Where the values are that are searched, in a line of these bytes; undefined: it must be read to be known. */
const searchedIn = (bytes: Buffer, line: Stretch): Stretch | undefined => {
  const found = valuesIn(bytes, line)
  // what is escaped has letters that are none
  const escaped = found ? bytes.indexOf(backslash, found.from) : -1
  return escaped >= 0 && escaped < (found?.to ?? 0) ? undefined : found
}

const valuesIn = (bytes: Buffer, { from, to }: Stretch): Stretch | undefined => {
  if (isAt(bytes, from, logStart)) {
    const start = bytes.indexOf(textStart, from) + textStart.length
    const end = bytes.indexOf(quote, start)
    const isEscaped = bytes[end - 1] === backslash
    const isWhole = start >= from + textStart.length && end < to && !isEscaped
    return isWhole ? { from: start, to: end } : undefined
  }
  if (!isAt(bytes, from, spanStart)) return undefined
  const start = bytes.indexOf(nameStart, from) + nameStart.length
  if (start < from + nameStart.length || start > to) return undefined
  const source = bytes.subarray(start, to).lastIndexOf(sourceStart)
  return { from: start, to: source >= 0 ? start + source : to }
}

interface MatchBlock {
  readonly block: Block
  readonly file: ShelfFile
  /** Where the line of a row begins. */
  readonly offset: (row: number) => number
  readonly from: number
  readonly to: number
  readonly words: string
  /** Undefined: any line may have them. */
  readonly probe: Probe | undefined
  readonly isSure: boolean
}

/** Looks through a file's block for lines that may have the words, and asks those whether they have. */
const matchBlock = (
  { block, file, offset, from, to, words, probe, isSure }: MatchBlock,
  found: Uint8Array,
  base: number,
): number => {
  const bytes = block.bytes()
  const start = offset(from)
  const last = bytes.lastIndexOf(lineFeed)
  let end = from
  while (end < to && offset(end) <= start + last) end += 1
  const has = (row: number): boolean => {
    const at = offset(row) - start
    const lineEnd = bytes.indexOf(lineFeed, at)
    const searched = isSure ? searchedIn(bytes, { from: at, to: lineEnd }) : undefined
    if (searched && probe) return probe.find(bytes, searched.from, searched.to) >= 0
    return entryHas(file.parse(bytes.toString('utf8', at, lineEnd))[0], words)
  }
  const ask = (next: (at: number) => number) => {
    let row = from
    for (let at = next(0); at >= 0 && row < end; ) {
      while (row + 1 < end && offset(row + 1) - start <= at) row += 1
      if (found[base + row] === 0 && has(row)) found[base + row] = 1
      row += 1
      at = row < end ? next(offset(row) - start) : -1
    }
  }
  if (probe === undefined) ask((at) => at)
  else {
    ask((at) => probe.find(bytes, at, last))
    // what somebody else escaped, as JSON lets him, can be anything
    ask((at) => bytes.indexOf(escapeStart, at))
  }
  return end
}

/**
 * Marks in `found`, from `base` on, which of these lines have the words: of a file in which a line is an entry.
 *
 * @param lines - how many, and where they begin, in ascending order
 * @param words - in lower case
 */
export const matchLines = async (
  file: ShelfFile,
  { offset, count }: { readonly offset: (row: number) => number; readonly count: number },
  words: string,
  found: Uint8Array,
  base: number,
): Promise<void> => {
  const block = await openBlock(file)
  if (block === undefined) return
  try {
    const asked = probeOf(words)
    const probe = asked === '' ? undefined : createProbe(asked)
    const isSure = isPlain(words)
    for (let from = 0; from < count; ) {
      const start = offset(from)
      const span = offset(count - 1) - start + smallRead
      if (await block.load(start, Math.min(largeRead, span))) {
        from = matchBlock({ block, file, offset, from, to: count, words, probe, isSure }, found, base)
      } else from += 1
    }
  } finally {
    await block.close()
  }
}
