/** Durations, sizes, counts and times as people say them. All pure; times are local ones, days and months in English. */

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const two = (value: number): string => String(value).padStart(2, '0')

/** `3 h 5 min`, and `3 h` where there is nothing to add. */
const pair = (ms: number, [unit, name]: Unit, [smallUnit, smallName]: Unit): string => {
  const small = Math.round(ms / smallUnit)
  const perUnit = unit / smallUnit
  const whole = Math.floor(small / perUnit)
  const rest = small % perUnit
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smallName}`
}

type Unit = readonly [ms: number, name: string]
const units = { s: [second, 's'], min: [minute, 'min'], h: [hour, 'h'], d: [day, 'd'] } as const

/** `820 ms`, `8.4 s`, `42 s`, `4 min 12 s`, `3 h 5 min`, `2 d 4 h`; negative ones as their amount. */
export const durationInWords = (durationMs: number): string => {
  const ms = Math.abs(durationMs)
  if (!Number.isFinite(ms)) return 'unknown'
  if (ms < 1 && ms > 0) return `${Number(ms.toFixed(2))} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${Number((ms / second).toFixed(1))} s`
  if (ms < minute - 500) return `${Math.round(ms / second)} s`
  if (ms < hour - 500) return pair(ms, units.min, units.s)
  if (ms < day - minute / 2) return pair(ms, units.h, units.min)
  return pair(ms, units.d, units.h)
}

/** Whole seconds only, so that a countdown moves evenly: `0 s`, `59 s`, `4 min 12 s`. */
export const countdownInWords = (durationMs: number): string => {
  const ms = Math.max(0, Math.round(durationMs / second) * second)
  return ms < minute ? `${ms / second} s` : durationInWords(ms)
}

/** `0 B`, `950 B`, `1.2 MB`, `3.45 GB`: powers of 1,000, three figures. */
export const sizeInWords = (sizeBytes: number): string => {
  if (!Number.isFinite(sizeBytes)) return 'unknown'
  const names = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = sizeBytes
  let power = 0
  while (Math.abs(value) >= 999.5 && power < names.length - 1) {
    value /= 1_000
    power += 1
  }
  return `${power === 0 ? Math.round(value) : Number(value.toPrecision(3))} ${names[power]}`
}

/** `12,345`. */
export const countInWords = (count: number): string =>
  Number.isFinite(count) ? count.toLocaleString('en-US') : 'unknown'

/** `1 span`, `12,345 spans`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${countInWords(count)} ${count === 1 ? one : many}`

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `14:03`, `14:03:22` or `14:03:22.120`. */
export const clockTime = (
  timeMs: number,
  precision: 'minutes' | 'seconds' | 'milliseconds' = 'seconds',
): string => {
  const date = new Date(timeMs)
  if (Number.isNaN(date.getTime())) return 'unknown'
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (precision === 'minutes') return minutes
  const seconds = `${minutes}:${two(date.getSeconds())}`
  return precision === 'seconds' ? seconds : `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** `21 Nov`. */
export const dayAndMonth = (timeMs: number): string => {
  const date = new Date(timeMs)
  return `${date.getDate()} ${months[date.getMonth()] ?? ''}`
}

/** `21 Nov 14:03:22`, with the year where that is not the one of `besideMs`. */
export const dateAndTime = (timeMs: number, besideMs: number = Date.now()): string => {
  const date = new Date(timeMs)
  if (Number.isNaN(date.getTime())) return 'unknown'
  const year = date.getFullYear() === new Date(besideMs).getFullYear() ? '' : ` ${date.getFullYear()}`
  return `${dayAndMonth(timeMs)}${year} ${clockTime(timeMs)}`
}

/** The time, with its date only where that is another day than the one beside it. */
export const timeBeside = (timeMs: number, besideMs: number): string =>
  new Date(timeMs).toDateString() === new Date(besideMs).toDateString()
    ? clockTime(timeMs)
    : dateAndTime(timeMs, besideMs)

/** `2026-11-21 14:03:22.120 UTC`. */
export const utcTime = (timeMs: number): string => {
  const date = new Date(timeMs)
  return Number.isNaN(date.getTime())
    ? 'unknown'
    : `${date.toISOString().replace('T', ' ').replace('Z', ' UTC')}`
}
