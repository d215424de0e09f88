/** A piece of text, and whether it is what was searched for. */
export interface Piece {
  readonly text: string
  readonly isMatch: boolean
}

/** Of a line of a megabyte nobody reads the end; looking for marks in all of it would be felt. */
const mostSearched = 100_000

/** Where a word stands in a text, without regard to case; as many places as `most`. */
const placesOf = (text: string, search: string, most: number): readonly (readonly [number, number])[] => {
  if (search === '') return []
  // not toLowerCase(): some letters change their length by it, and the places would be wrong
  if (text.length > mostSearched) return placesOf(text.slice(0, mostSearched), search, most)
  const pattern = new RegExp(search.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'giu')
  return [...text.matchAll(pattern).take(most)].map((match) => [match.index, match.index + match[0].length])
}

/** More marks than these help nobody. */
const mostMatches = 500

/** Cuts a text at what was searched for. All pieces together are the text. */
export const piecesOf = (text: string, search: string): readonly Piece[] => {
  let from = 0
  const pieces: Piece[] = []
  for (const [start, end] of placesOf(text, search, mostMatches)) {
    if (start > from) pieces.push({ text: text.slice(from, start), isMatch: false })
    pieces.push({ text: text.slice(start, end), isMatch: true })
    from = end
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), isMatch: false })
  return pieces
}

/**
 * What a row shows of a text: its beginning, or, where what was searched for stands further on, what is around that.
 *
 * @param most - characters
 */
export const excerptOf = (text: string, search: string, most = 400): string => {
  if (text.length <= most) return text
  const [first] = placesOf(text, search, 1)
  const from = first && first[1] > most / 2 ? Math.max(0, first[0] - 40) : 0
  const to = from + most
  return `${from > 0 ? '… ' : ''}${text.slice(from, to)}${to < text.length ? ' …' : ''}`
}
