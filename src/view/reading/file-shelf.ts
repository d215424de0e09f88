import type { LogbookEntry } from '../../logbook/entry.ts'
import { parseEntry } from '../store/check-entry.ts'
import { entryHas, type Shelf } from '../store/shelf.ts'
import { openBlock, type ShelfFile, smallRead } from './block.ts'
import { matchLines } from './match-lines.ts'

export interface FileShelf extends Shelf {
  /** Gives a file its number. */
  readonly add: (file: ShelfFile) => number
  /** The place of what is at an offset of the file of that number. */
  readonly place: (file: number, offset: number) => number
}

/** 2^17 files of 64 GiB: together what a number holds. */
const fileSize = 2 ** 36

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

export const createFileShelf = (): FileShelf => {
  const files: ShelfFile[] = []

  /** Reads entries in the order of their places; gives way between lines that hold many. */
  const readFile = async (
    file: ShelfFile,
    places: readonly { readonly place: number; readonly index: number }[],
    onEntry: (entry: LogbookEntry, index: number) => void,
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
        const entry = entries[offset - at]
        if (entry) onEntry(entry, index)
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

  const readEach = async (
    places: ArrayLike<number>,
    onEntry: (entry: LogbookEntry, index: number) => void,
  ) => {
    const sorted = Array.from(places, (place, index) => ({ place, index })).sort((a, b) => a.place - b.place)
    for (const [number, group] of Map.groupBy(sorted, ({ place }) => fileOf(place))) {
      const file = files[number]
      if (file) await readFile(file, group, onEntry)
    }
  }

  return {
    add: (file) => files.push(file) - 1,
    place: (file, offset) => file * fileSize + offset,
    read: async (places, as) => {
      const read = places.map((): ReturnType<typeof as> | undefined => undefined)
      await readEach(places, (entry, index) => {
        read[index] = as(entry)
      })
      return read
    },
    match: async (places, words) => {
      const found = new Uint8Array(places.length)
      for (const [from, to] of stretches(places)) {
        const file = files[fileOf(places[from] ?? 0)]
        const some = places.subarray(from, to)
        if (file === undefined) continue
        const first = (some[0] ?? 0) - offsetOf(some[0] ?? 0)
        // no list of its own: a search comes by a million of these, and what is let go of stays in memory for long
        const lines = { offset: (row: number) => (some[row] ?? 0) - first, count: some.length }
        if (file.lines === undefined) await matchLines(file, lines, words, found, from)
        else
          await readEach(some, (entry, index) => {
            if (entryHas(entry, words)) found[from + index] = 1
          })
      }
      return found
    },
  }
}
