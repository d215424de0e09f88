import type { LogbookEntry } from '../../logbook/entry.ts'
import type { LogRow } from '../api.ts'
import { beginningOf } from './sane.ts'

/** What a log line says, but for what is in columns. */
export type LogWords = Pick<LogRow, 'text' | 'source' | 'attributes' | 'isCut'>

/** Of a text, and of all attributes together, in characters: a list of 500 lines is 4 MB of JSON at most. */
const mostListed = 4_096

/** Of the name of who wrote it, in characters. */
const mostSource = 256

/** Undefined for what is no log line. */
export const wholeLog = (entry: LogbookEntry): LogWords | undefined => {
  if (entry.k !== 'log') return undefined
  const { text, source, attributes } = entry
  return { text, ...(source && { source }), ...(attributes && { attributes }) }
}

/** The same without what makes it long. */
export const listedLog = (entry: LogbookEntry): LogWords | undefined => {
  const whole = wholeLog(entry)
  if (whole === undefined) return undefined
  const { attributes, source, ...words } = whole
  const sizes = Object.entries(attributes ?? {}).map(([key, value]) => key.length + String(value).length)
  const isMuch = sizes.reduce((sum, size) => sum + size, 0) > mostListed
  const text = beginningOf(words.text, mostListed)
  return {
    ...words,
    text,
    ...(source && { source: beginningOf(source, mostSource) }),
    ...(attributes && !isMuch && { attributes }),
    ...((isMuch || text.length < words.text.length) && { isCut: true }),
  }
}
