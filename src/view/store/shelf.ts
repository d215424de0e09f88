import type { LogbookEntry } from '../../logbook/entry.ts'

/**
 * Where the whole of an entry is: in memory, or in files. A place is a number that is known to whoever made it; those of
 * one file are in the order of its lines.
 */
export interface Shelf {
  /**
   * What `as` makes of the entries at these places; undefined where there is none any more. One entry after the other is in
   * memory, as each may be a megabyte.
   */
  readonly read: <T>(
    places: readonly number[],
    as: (entry: LogbookEntry) => T,
  ) => Promise<readonly (T | undefined)[]>
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
    read: async (places, as) =>
      places.map((place) => {
        const entry = entries[place]
        return entry && as(entry)
      }),
    match: async (places, words) =>
      Uint8Array.from(places, (place) => (entryHas(entries[place], words) ? 1 : 0)),
  }
}
