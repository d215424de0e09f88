import levenshtein from 'fastest-levenshtein'

const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '')

/** Whether all letters of `short` come in `long` in the same order, the first one first, as in `ckpt`. */
const isAbbreviation = (short: string, long: string) => {
  let at = 0
  for (const letter of long) if (letter === short[at]) at += 1
  return at === short.length && short[0] === long[0]
}

/** Fewer letters are in many names. */
const leastLetters = 3

/**
 * Whether a name in a directory is as that of somebody who meant a pattern, and wrote one of the two otherwise: `ckpt-1`
 * or `checkpiont-1` for `checkpoint-*`. Of a pattern with folders the first one counts.
 */
export const isLikePattern = (name: string, pattern: string): boolean => {
  const [first = '', ...below] = pattern.replace(/^\.\//, '').split('/')
  // its folder is there, and nothing in it yet
  if (below.length > 0 && name === first) return false
  const [one, other] = [lettersOf(name), lettersOf(first)]
  const [short = '', long = ''] = [one, other].toSorted((a, b) => a.length - b.length)
  if (short.length < leastLetters) return false
  const mostSlips = Math.max(1, Math.floor(long.length / 3))
  return long.includes(short) || isAbbreviation(short, long) || levenshtein.distance(one, other) <= mostSlips
}
