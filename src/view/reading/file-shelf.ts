import { type FileHandle, open } from 'node:fs/promises'
import type { LogbookEntry } from '../../logbook/entry.ts'
import { parseEntry } from '../store/check-entry.ts'
import { entryHas, type Shelf } from '../store/shelf.ts'
import { createProbe, type Probe } from './find-bytes.ts'

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

export interface FileShelf extends Shelf {
  /** Gives a file its number. */
  readonly add: (file: ShelfFile) => number
  /** The place of what is at an offset of the file of that number. */
  readonly place: (file: number, offset: number) => number
}

/** 2^17 files of 64 GiB: together what a number holds. */
const fileSize = 2 ** 36
const lineFeed = 10
const smallRead = 2 ** 12
const largeRead = 2 ** 18
const longestRead = 2 ** 24

export const parseLine = (line: string): readonly (LogbookEntry | undefined)[] => [parseEntry(line)]

const fileOf = (place: number) => Math.floor(place / fileSize)
const offsetOf = (place: number) => place % fileSize

/** The last of ascending numbers that is not above `value`. */
const lastNotAbove = (numbers: readonly number[], value: number) => {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

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

/** A buffer that no question uses now: each that is let go of stays in memory for long. */
let spare: Buffer<ArrayBuffer> | undefined

/** A file opened for one question, and the block of it that was read last. */
const openBlock = async ({ path, inode }: ShelfFile) => {
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
    for (let size = length; size <= longestRead; size *= 8) {
      if (buffer.length < size) buffer = Buffer.allocUnsafeSlow(size)
      const { bytesRead } = await file.read(buffer, 0, size, offset)
      bytes = buffer.subarray(0, bytesRead)
      start = offset
      if (bytes.includes(lineFeed)) return true
      if (bytesRead < size) return false
    }
    return false
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

type Block = NonNullable<Awaited<ReturnType<typeof openBlock>>>

export const createFileShelf = (): FileShelf => {
  const files: ShelfFile[] = []

  /** Reads entries in the order of their places; gives way between lines that hold many. */
  const readFile = async (
    file: ShelfFile,
    places: readonly { readonly place: number; readonly index: number }[],
    to: (LogbookEntry | undefined)[],
  ) => {
    const block = await openBlock(file)
    if (block === undefined) return
    try {
      let lineAt = -1
      let entries: readonly (LogbookEntry | undefined)[] = []
      for (const [rank, { place, index }] of places.entries()) {
        const offset = offsetOf(place)
        const at = file.lines ? (file.lines[lastNotAbove(file.lines, offset)] ?? offset) : offset
        if (at !== lineAt) {
          const next = places[rank + 1]
          const isNear = next !== undefined && offsetOf(next.place) - offset < smallRead
          const line = await block.line(at, isNear ? 2 ** 16 : smallRead)
          entries = line === undefined ? [] : file.parse(line)
          lineAt = at
        }
        to[index] = entries[offset - at]
      }
    } finally {
      await block.close()
    }
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

  const matchLines = async (
    file: ShelfFile,
    places: Float64Array,
    words: string,
    found: Uint8Array,
    base: number,
  ) => {
    const block = await openBlock(file)
    if (block === undefined) return
    try {
      const first = (places[0] ?? 0) - offsetOf(places[0] ?? 0)
      const offset = (row: number) => (places[row] ?? 0) - first
      const asked = probeOf(words)
      const probe = asked === '' ? undefined : createProbe(asked)
      const isSure = isPlain(words)
      const to = places.length
      for (let from = 0; from < to; ) {
        const start = offset(from)
        const span = offset(to - 1) - start + smallRead
        if (await block.load(start, Math.min(largeRead, span))) {
          from = matchBlock({ block, file, offset, from, to, words, probe, isSure }, found, base)
        } else from += 1
      }
    } finally {
      await block.close()
    }
  }

  /** Stretches of places in one file, in its order. */
  const stretches = (places: Float64Array): readonly (readonly [number, number])[] => {
    const found: (readonly [number, number])[] = []
    for (let from = 0; from < places.length; ) {
      const file = fileOf(places[from] ?? 0)
      let to = from + 1
      while (
        to < places.length &&
        fileOf(places[to] ?? 0) === file &&
        (places[to] ?? 0) > (places[to - 1] ?? 0)
      )
        to += 1
      found.push([from, to])
      from = to
    }
    return found
  }

  const read = async (places: readonly number[]) => {
    const entries = new Array<LogbookEntry | undefined>(places.length).fill(undefined)
    const sorted = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place)
    for (const [number, group] of Map.groupBy(sorted, ({ place }) => fileOf(place))) {
      const file = files[number]
      if (file) await readFile(file, group, entries)
    }
    return entries
  }

  return {
    add: (file) => files.push(file) - 1,
    place: (file, offset) => file * fileSize + offset,
    read,
    match: async (places, words) => {
      const found = new Uint8Array(places.length)
      for (const [from, to] of stretches(places)) {
        const file = files[fileOf(places[from] ?? 0)]
        const some = places.subarray(from, to)
        if (file === undefined) continue
        if (file.lines === undefined) await matchLines(file, some, words, found, from)
        else {
          const entries = await read([...some])
          for (const [index, entry] of entries.entries()) if (entryHas(entry, words)) found[from + index] = 1
        }
      }
      return found
    },
  }
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
