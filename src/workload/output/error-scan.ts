/**
 * What a line of severity ERROR or FATAL has one of, as has the first line of a traceback. Each begins with a character
 * that is rare in text and is shorter than eight bytes: so Node looks for all of them in a fraction of the time that
 * one regular expression takes.
 */
const words = [
  ...['ERR', 'FATAL', 'CRIT', 'SEVERE', 'PANIC', 'Error', 'Excep', 'Traceba', 'Killed', 'Segment', 'Aborted'],
  ...['[err', '[fatal', '[crit', '[E0', '[E1', '[F0', '[F1', '[NeMo E', '[NeMo C'],
  // of `level=error`, `"level": "error"` and `"level":50`; the v is what is rare
  'vel',
].map((word) => Buffer.from(word))

const levelWord = words.length - 1

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

/** What an error may begin with, beside the words; and the letters with which that begins. */
const head = /[EF]\d{3,4} |error|fatal|panic|thread '/y
const headLetters = new Set(Buffer.from('EFefpt'))

/** Where lines begin that begin so. */
const findHeads = (text: string): readonly number[] => {
  const heads: number[] = []
  for (let at = 0; at >= 0 && at < text.length; at = text.indexOf('\n', at) + 1 || -1) {
    if (!headLetters.has(text.charCodeAt(at))) continue
    head.lastIndex = at
    if (head.test(text)) heads.push(at)
  }
  return heads
}

/**
 * Finds lines of a chunk that may be errors, without reading them all. It misses those that only a whole reading tells,
 * such as `2026-11-21 error: …` and `train.py: error: …`.
 */
export interface ErrorScan {
  /** A place in the next line that may be one, or -1; `from` is where a line begins, and never before the last one. */
  readonly next: (from: number) => number
}

/** @param letters the chunk with a character a byte */
export const createErrorScan = (chunk: Buffer, letters: string): ErrorScan => {
  /** Where each word is next; each is looked for again only when that place is behind. */
  const places = words.map(() => Number.NEGATIVE_INFINITY)
  const heads = findHeads(letters)
  let nextHead = 0
  return {
    next: (from) => {
      while ((heads[nextHead] ?? from) < from) nextHead += 1
      let nearest = heads[nextHead] ?? -1
      for (let index = 0; index < places.length; index += 1) {
        let place = places[index] ?? -1
        if (place !== -1 && place < from) {
          place = find(chunk, index, from)
          places[index] = place
        }
        if (place >= 0 && (nearest < 0 || place < nearest)) nearest = place
      }
      return nearest
    },
  }
}
