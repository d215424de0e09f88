import type { LogbookEntry } from '../../logbook/entry.ts'

/**
 * Where the whole of an entry is: in memory, or in files. A place is a number that is known to whoever made it; those of
 * one file are in the order of its lines.
 */
export interface Shelf {
  /** The entries at these places; undefined where there is none any more. */
  readonly read: (places: readonly number[]) => Promise<readonly (LogbookEntry | undefined)[]>
  /**
   * Of each of these places whether its entry has the words in it: 1 if so. For a log in its text, for a span in its name,
   * its attributes or its error; without regard to case.
   */
  readonly match: (places: Float64Array, words: string) => Promise<Uint8Array>
}

const has = (text: string | undefined, words: string) => text?.toLowerCase().includes(words) ?? false

/** @param words - in lower case */
export const entryHas = (entry: LogbookEntry | undefined, words: string): boolean => {
  if (entry?.k === 'log') return has(entry.text, words)
  if (entry?.k !== 'span') return false
  return (
    has(entry.name, words) ||
    has(entry.error, words) ||
    Object.entries(entry.attributes).some(([key, value]) => has(key, words) || has(String(value), words))
  )
}

/** Keeps entries in memory. */
export const memoryShelf = (): Shelf & { readonly put: (entry: LogbookEntry) => number } => {
  const entries: LogbookEntry[] = []
  return {
    put: (entry) => entries.push(entry) - 1,
    read: async (places) => places.map((place) => entries[place]),
    match: async (places, words) =>
      Uint8Array.from(places, (place) => (entryHas(entries[place], words) ? 1 : 0)),
  }
}
