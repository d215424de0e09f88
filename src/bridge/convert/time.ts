import type { JsonValue } from '../../json.ts'

const dateTime =
  /^\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(?:([Zz]|UTC)|([+-])(\d\d)(?::?(\d\d))?)?\s*$/

/** Seconds since 1970 have ten digits until 2286, milliseconds thirteen. */
const leastMs = 1e11
const mostMs = 1e14

/**
 * A time as metrics files have it: ISO 8601 as Python, Go and JavaScript write it, in which a time without an offset is
 * in UTC, or a number of seconds or milliseconds since 1970.
 *
 * @returns milliseconds since 1970; undefined for anything else
 */
export const parseTime = (value: JsonValue | undefined): number | undefined => {
  if (typeof value === 'number') {
    if (!(value > 0 && value < mostMs)) return undefined
    return value < leastMs ? value * 1000 : value
  }
  const parts = typeof value === 'string' ? dateTime.exec(value) : null
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second = '00', fraction = '', , sign, hours = '0', minutes = '0'] =
    parts
  const utc = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  const time = new Date(utc)
  // a 30th of February would roll over into March
  if (Number.isNaN(time.getTime()) || time.toISOString() !== utc) return undefined
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  return time.getTime() - offsetMinutes * 60_000
}

export interface RecordTimes {
  /** What the record says. */
  readonly timestampMs: number | undefined
  /** What the file system says. */
  readonly writtenAtMs: number
  readonly nowMs: number
  /** Of the latest point that was exported or may have been. */
  readonly lastMs: number
}

/** Clocks of two machines may differ so much without a word. */
const skewMs = 5000
/** A record is written when it was made. What is so much older was not; most often it is local time without its offset. */
const delayMs = 3_600_000

/** Which time a record gets, and whether what it says of it is so wrong that people should know. */
export interface RecordTime {
  readonly timeMs: number
  readonly isWrong: boolean
}

/**
 * The time of a record: its own, unless that lies in the future or long before the file was written; then that of the
 * file. Never as old as what was sent: backends refuse a point that is not newer than the last, or keep the wrong one.
 */
export const timeOfRecord = ({ timestampMs, writtenAtMs, nowMs, lastMs }: RecordTimes): RecordTime => {
  const fileMs = Math.min(writtenAtMs, nowMs)
  const isUsable = timestampMs !== undefined && timestampMs <= nowMs && timestampMs >= fileMs - delayMs
  const isWrong =
    timestampMs !== undefined && (timestampMs > nowMs + skewMs || timestampMs < fileMs - delayMs)
  return { timeMs: Math.max(Math.floor(isUsable ? timestampMs : fileMs), lastMs + 1), isWrong }
}
