import type { LogbookEntry } from '../../logbook/entry.ts'
import type { LogRow } from '../api.ts'

/** What a log line says, but for what is in columns. */
export type LogWords = Pick<LogRow, 'text' | 'source' | 'attributes' | 'isCut'>

/** Of a text, and of all attributes together, in characters: a list of 500 lines is 4 MB of JSON at most. */
const mostListed = 4_096

/** A text of its own: a part of a long one would keep all of that in memory. */
const copyOf = (text: string): string => JSON.parse(JSON.stringify(text))

const isHighSurrogate = (unit: number) => unit >= 0xd8_00 && unit <= 0xdb_ff

const beginningOf = (text: string): string => {
  if (text.length <= mostListed) return text
  const end = isHighSurrogate(text.charCodeAt(mostListed - 1)) ? mostListed - 1 : mostListed
  return copyOf(text.slice(0, end))
}

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
  const { attributes, ...words } = whole
  const sizes = Object.entries(attributes ?? {}).map(([key, value]) => key.length + String(value).length)
  const isMuch = sizes.reduce((sum, size) => sum + size, 0) > mostListed
  const text = beginningOf(words.text)
  return {
    ...words,
    text,
    ...(attributes && !isMuch && { attributes }),
    ...((isMuch || text.length < words.text.length) && { isCut: true }),
  }
}
