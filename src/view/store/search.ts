import { type Column, uint8Column } from './column.ts'
import type { Shelf } from './shelf.ts'

/** How far a search has come through the rows of a table: one byte a row. */
export interface Search {
  /** Rows from the first one on that have been looked at. */
  readonly looked: () => number
  readonly has: (row: number) => boolean
  /** Goes on to the last row that there is; resolves when it is there. Never two at once. */
  readonly goOn: () => Promise<void>
  /** The same, but resolves soon at any rate, and goes on behind. */
  readonly goOnForAWhile: () => Promise<void>
}

/** A search is answered after so long with what it has found so far. */
const patienceMs = 40
/** Rows that are looked at in one go. */
const batch = 8_192

/** Whether a row is known to have the words, without its shelf. */
type IsKnown = (row: number, words: string) => boolean

interface Searched {
  readonly places: Column
  readonly shelf: Shelf
  readonly isKnown: IsKnown
}

/** @param words - in lower case */
const startSearch = ({ places, shelf, isKnown }: Searched, words: string): Search => {
  const found = uint8Column()
  let isEnded: Promise<void> | undefined
  const look = async () => {
    const unknown = new Float64Array(batch)
    while (found.length() < places.length()) {
      const from = found.length()
      const end = Math.min(places.length(), from + batch)
      let count = 0
      for (let row = from; row < end; row += 1) {
        if (isKnown(row, words)) continue
        unknown[count] = places.get(row)
        count += 1
      }
      const matches = await shelf.match(unknown.subarray(0, count), words)
      for (let row = from, asked = 0; row < end; row += 1) {
        const isUnknown = !isKnown(row, words)
        found.push(isUnknown ? (matches[asked] ?? 0) : 1)
        if (isUnknown) asked += 1
      }
    }
  }
  const goOn = () => {
    isEnded ??= look().finally(() => {
      isEnded = undefined
    })
    return isEnded
  }
  return {
    looked: found.length,
    has: (row) => found.get(row) === 1,
    goOn,
    goOnForAWhile: async () => {
      if (found.length() >= places.length()) return
      await Promise.race([goOn(), new Promise((resolve) => setTimeout(resolve, patienceMs))])
    },
  }
}

export interface Searches {
  readonly of: (words: string) => Search
  /** The rows are others now. */
  readonly forget: () => void
}

/** What people look for in turn: what the last few searches found is kept. */
const kept = 4

export const keepSearches = (places: Column, shelf: Shelf, isKnown: IsKnown = () => false): Searches => {
  const searches = new Map<string, Search>()
  return {
    of: (words) => {
      const search = searches.get(words) ?? startSearch({ places, shelf, isKnown }, words)
      searches.delete(words)
      searches.set(words, search)
      for (const old of searches.keys()) {
        if (searches.size <= kept) break
        searches.delete(old)
      }
      return search
    },
    forget: () => searches.clear(),
  }
}
