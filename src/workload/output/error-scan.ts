/**
 * What a line of severity ERROR or FATAL has one of, as has the first line of a traceback; in small letters, only where
 * loggers put it. Each begins with a character that is rare in text and is shorter than eight bytes: so Node looks for
 * all of them in several times less than one regular expression takes.
 */
const words = [
  ...['ERR', 'FATAL', 'CRIT', 'SEVERE', 'PANIC', 'Error', 'Excep', 'Traceba', 'Killed', 'Segment', 'Aborted'],
  ...['[err', '[fatal', '[crit', '[E0', '[E1', '[F0', '[F1', '[NeMo E', '[NeMo C'],
  ...['\nerr', '\nfatal', '\npanic', '\nthread', '\nE0', '\nE1', '\nF0', '\nF1'],
  ...[': error', ': fatal', ': E ', ': F '],
  // of `level=error`, `"level": "error"` and `"level":50`; the v is what is rare
  'vel',
].map((word) => Buffer.from(word))

const levelWord = words.length - 1

/** The words that begin with a line feed, where a chunk begins with a line. */
const firstWords = words.filter((word) => word[0] === 0x0a).map((word) => word.subarray(1))

const punctuation = new Set(Buffer.from('":= '))
const severeLetters = new Set(Buffer.from('efc56'))

/** Whether what follows `level` may be a severe one: after at most `": "`, the first letter or digit of one. */
const isSevereLevel = (chunk: Buffer, end: number): boolean => {
  let at = end
  while (at < end + 4 && punctuation.has(chunk[at] ?? 0)) at += 1
  return at > end && severeLetters.has(chunk[at] ?? 0)
}

const find = (chunk: Buffer, index: number, from: number): number => {
  const word = words[index]
  if (word === undefined) return -1
  let at = chunk.indexOf(word, from)
  if (index !== levelWord) return at
  while (at >= 0 && !isSevereLevel(chunk, at + word.length)) at = chunk.indexOf(word, at + 1)
  return at
}

/** Finds lines of a chunk that may be errors, without reading them all. */
export interface ErrorScan {
  /** A place in the next line that may be one, or -1; `from` is where a line begins, and never before the last one. */
  readonly next: (from: number) => number
}

export const createErrorScan = (chunk: Buffer): ErrorScan => {
  /** Where each word is next; each is looked for again only when that place is behind. */
  const places = words.map(() => Number.NEGATIVE_INFINITY)
  const startsSo = firstWords.some((word) => chunk.subarray(0, word.length).equals(word))
  return {
    next: (from) => {
      if (from === 0 && startsSo) return 0
      let nearest = -1
      for (let index = 0; index < places.length; index += 1) {
        let place = places[index] ?? -1
        // the line feed before the line is part of some words
        if (place !== -1 && place < from - 1) {
          place = find(chunk, index, Math.max(0, from - 1))
          places[index] = place
        }
        if (place >= 0 && (nearest < 0 || place < nearest)) nearest = place
      }
      return nearest < 0 || chunk[nearest] !== 0x0a ? nearest : nearest + 1
    },
  }
}
