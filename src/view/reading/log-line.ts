import { isTime } from '../store/sane.ts'
import type { Line } from './tail.ts'

/** As a logbook writes a log line. What begins otherwise is read as any JSON is. */
const start = Buffer.from('{"k":"log","t":')
const middle = Buffer.from(',"severity":')
const end = Buffer.from(',"text":"')

const brace = 125
const zero = 48
const point = 46

const isAt = (bytes: Buffer, at: number, expected: Buffer) => {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false
  }
  return true
}

/**
 * Time and severity of a log line without a look at its text: a million texts would cost a second and a lot of memory that
 * is let go at once. Undefined: it does not look as our own lines do.
 */
export const readLogPrefix = ({ bytes, from, to }: Line): { t: number; severity: number } | undefined => {
  // one that was cut off is none
  if (!isAt(bytes, from, start) || bytes[to - 1] !== brace) return undefined
  let at = from + start.length
  let t = 0
  let fraction = 0
  for (; at < to && bytes[at] !== middle[0]; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === point && fraction === 0) fraction = 1
    else if (byte < zero || byte > zero + 9) return undefined
    else {
      t = t * 10 + byte - zero
      fraction *= 10
    }
  }
  if (!isAt(bytes, at, middle)) return undefined
  at += middle.length
  const first = (bytes[at] ?? 0) - zero
  const second = (bytes[at + 1] ?? 0) - zero
  const isSecond = second >= 0 && second <= 9
  if (first < 0 || first > 9 || !isAt(bytes, at + (isSecond ? 2 : 1), end)) return undefined
  const told = fraction > 1 ? t / fraction : t
  if (!isTime(told)) return undefined
  return { t: told, severity: isSecond ? first * 10 + second : first }
}
