import type { LogbookEntry } from './entry.ts'
import type { Line } from './shelf.ts'

/** More of one text than people read. */
const longestText = 16_384

const clip = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most)}…`)

const wholeLineOf = (entry: LogbookEntry): Line => {
  const text = `${JSON.stringify(entry)}\n`
  return { text, bytes: Buffer.byteLength(text) }
}

/** The entry with its longest parts cut off. */
const shorten = (entry: LogbookEntry, most: number): LogbookEntry => {
  switch (entry.k) {
    case 'log':
      return { ...entry, text: clip(entry.text, most), attributes: {} }
    case 'moment':
      return { ...entry, text: clip(entry.text, most) }
    case 'span':
      return {
        ...{ ...entry, name: clip(entry.name, most), attributes: {} },
        ...(entry.error !== undefined && { error: clip(entry.error, most) }),
      }
    case 'begin':
      return {
        ...entry,
        settings: entry.settings.slice(0, 16).map((one) => ({ ...one, value: clip(one.value, most / 64) })),
      }
    case 'end': {
      const errorLines = entry.errorLines.slice(0, 16).map((line) => clip(line, Math.floor(most / 16)))
      return { ...entry, text: clip(entry.text, most), errorLines }
    }
    default:
      return entry
  }
}

/**
 * The entry as a line that is not too long, however long its texts are; undefined for one that cannot be cut.
 *
 * @param mostBytes - of the line
 */
export const lineOf = (entry: LogbookEntry, mostBytes: number): Line | undefined => {
  const line = wholeLineOf(entry)
  if (entry.k === 'p' ? line.bytes <= mostBytes : line.bytes <= Math.min(mostBytes, 2 * longestText))
    return line
  // a character takes six bytes at the most, as a control character does; two texts are the most that an entry has
  const short = wholeLineOf(shorten(entry, Math.min(longestText, Math.floor(mostBytes / 14))))
  return short.bytes <= mostBytes ? short : undefined
}
