const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)/
/** Length of `2026-11-20T10:00:00.000Z`. */
const ISO_LENGTH = 24
const ZONE = /^(?:Z|([+-])(\d\d):(\d\d))$/

/**
 * Parses a time stamp as the platform's worker does, with Go's `time.Parse(time.RFC3339Nano, …)`.
 *
 * Wider than RFC 3339: the hour may have one digit, a comma may stand before the fraction, an offset may
 * reach 24:60. Narrower too: `T` and `Z` in upper case only, no hour 24, no second 60.
 *
 * @returns milliseconds since 1970 in UTC, from year 0000 to 9999, rounded down to a whole millisecond
 *   (against a clock of whole milliseconds no comparison of ages can notice); undefined if Go refuses it
 * @see Go's `time/format.go`, `parse`
 */
export const parseRfc3339 = (text: string): number | undefined => {
  // what JavaScript itself would write needs no closer look
  if (text.length === ISO_LENGTH) {
    const time = new Date(text)
    if (!Number.isNaN(time.getTime()) && time.toISOString() === text) return time.getTime()
  }
  const head = DATE_TIME.exec(text)
  if (head === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = head.slice(1).map(Number)
  if (hour > 23 || minute > 59 || second > 59) return undefined

  const fraction = sliceFraction(text, head[0].length)
  const zone = ZONE.exec(text.slice(head[0].length + fraction.length))
  if (zone === null) return undefined
  const [, sign, offsetHours = '0', offsetMinutes = '0'] = zone
  if (Number(offsetHours) > 24 || Number(offsetMinutes) > 60) return undefined
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1)

  const midnight = new Date(0)
  // Unlike Date.UTC, this takes the years 0 to 99 as they are.
  midnight.setUTCFullYear(year, month - 1, day)
  // A month or day that does not exist has rolled over into another.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined

  const milliseconds = Number(fraction.slice(1, 4).padEnd(3, '0'))
  return midnight.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1_000 + milliseconds
}

/** The mark and all digits after it, however many; "" if there is no such thing. */
const sliceFraction = (text: string, start: number): string => {
  if (text[start] !== '.' && text[start] !== ',') return ''
  let end = start + 1
  while (isDigit(text.charCodeAt(end))) end++
  return end > start + 1 ? text.slice(start, end) : ''
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
