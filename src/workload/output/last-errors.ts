import { cutToBytes } from './cut-text.ts'
import { errorLines, isOfLauncher } from './error-lines.ts'
import { SHOWN_BYTES } from './last-lines.ts'

const MAX_ERRORS = 3

/** Remembers what the last errors were, in the lines of each that tell most. */
export interface LastErrors {
  /** Takes an error of several lines; one that only says that another process failed is left out. */
  readonly add: (text: string) => void
  /** Newest last. */
  readonly read: () => readonly string[]
}

export const createLastErrors = (): LastErrors => {
  const errors: (readonly string[])[] = []
  return {
    add: (text) => {
      if (isOfLauncher(text)) return
      errors.push(errorLines(text.split('\n')).map((line) => cutToBytes(line, SHOWN_BYTES)))
      if (errors.length > MAX_ERRORS) errors.shift()
    },
    read: () => errors.flat(),
  }
}
