import type { FindingId } from './catalogue.ts'

/** What was found, before the catalogue says what it means. */
export type Found = readonly [id: FindingId, seen: string]

/** A word of the task's, quoted and not too long. */
export const shown = (text: string): string => (text.length > 60 ? `'${text.slice(0, 60)}…'` : `'${text}'`)

/** The first words of a list, quoted, and how many more there are. */
export const some = (words: readonly string[]): string =>
  `${words.slice(0, 5).map(shown).join(', ')}${words.length > 5 ? ` and ${words.length - 5} more` : ''}`
