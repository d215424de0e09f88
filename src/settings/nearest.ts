import levenshtein from 'fastest-levenshtein'

/** The word of `words` that is meant by `word`, as likely as not: the nearest within a third of its letters. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  if (words.length === 0) return undefined
  const near = levenshtein.closest(word, [...words])
  return levenshtein.distance(word, near) <= Math.max(2, word.length / 3) ? near : undefined
}
