const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  // the micro sign and the Greek letter
  '\u00b5s': 1e3,
  '\u03bcs': 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
}

const DURATION = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/
const PART = /(\d*)(\.\d*)?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g

/** Longest duration that Go can hold, in nanoseconds: about 292 years. */
const MAX_NS = 2 ** 63

/**
 * Parses a duration as Go writes and reads them: `4m50s`, `60300ms`, `1.5h`, `0`.
 *
 * @returns milliseconds, to the microsecond; undefined if Go refuses it
 * @see Go's `time/format.go`, `ParseDuration`
 */
export const parseGoDuration = (text: string): number | undefined => {
  if (!DURATION.test(text)) return undefined
  let ns = 0
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(PART)) {
    const unitNs = UNIT_NS[unit] ?? 0
    // a fraction alone is `.5`, a point alone `1.`: Number reads neither `` nor `.`
    ns += Number(whole || 0) * unitNs + Math.trunc(Number(`0${fraction}`) * unitNs)
  }
  if (ns >= MAX_NS) return undefined
  return toMicroseconds(text.startsWith('-') ? -ns / 1e6 : ns / 1e6)
}

/**
 * Writes a duration as Go does: `0s`, `300ms`, `1m0.3s`, `2h0m0.5s`.
 *
 * @param durationMs - milliseconds, written to the microsecond
 * @see Go's `time/time.go`, `Duration.String`
 */
export const formatGoDuration = (durationMs: number): string => {
  const us = Math.round(Math.abs(durationMs) * 1e3)
  const sign = durationMs < 0 && us > 0 ? '-' : ''
  if (us === 0) return '0s'
  if (us < 1e3) return `${sign}${us}\u00b5s`
  if (us < 1e6) return `${sign}${us / 1e3}ms`
  const hours = Math.floor(us / 3_600e6)
  const minutes = Math.floor((us % 3_600e6) / 60e6)
  const seconds = `${(us % 60e6) / 1e6}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`
}

/** Takes the dust of binary fractions off a time in milliseconds. */
const toMicroseconds = (ms: number): number => Math.round(ms * 1e3) / 1e3
