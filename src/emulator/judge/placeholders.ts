import { parseGoDuration } from './go-duration.ts'

const PLACEHOLDER = /\{\{now([-+][^{}]*)?\}\}/g

/** Earliest and latest moments that have a year of four digits. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * Puts times in the place of `{{now}}`, `{{now-4m50s}}`, `{{now+1h}}`: UTC with milliseconds. What looks similar
 * but holds no duration of Go's stays as it is: a document may say anything.
 *
 * @param nowMs - the moment that the document is read, or written in a timeline: milliseconds since 1970
 */
export const fillInTimes = (document: string, nowMs: number): string =>
  document.includes('{{now')
    ? document.replace(PLACEHOLDER, (placeholder, offset: string | undefined) => {
        const offsetMs = offset === undefined ? 0 : parseGoDuration(offset)
        return offsetMs === undefined ? placeholder : writeTime(nowMs + offsetMs, placeholder)
      })
    : document

const writeTime = (timeMs: number, placeholder: string): string => {
  if (timeMs < FIRST_MS || timeMs > LAST_MS) return placeholder
  if (timeMs !== lastWritten.timeMs)
    lastWritten = { timeMs, text: new Date(Math.floor(timeMs)).toISOString() }
  return lastWritten.text
}

// the documents of one case, and of many that are judged in a row, mostly say the same time
let lastWritten = { timeMs: 0, text: new Date(0).toISOString() }
