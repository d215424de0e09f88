/** Of some words the one that is most like another, if any is; what finds it is loaded when there is something to correct. */
export const nearestOf = async (word: string, words: readonly string[]): Promise<string | undefined> =>
  (await import('./nearest.ts')).nearest(word, words)
