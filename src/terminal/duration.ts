import { formatDuration, intervalToDuration, type Locale } from 'date-fns'

const units: Readonly<Record<string, string>> = {
  xYears: 'y',
  xMonths: 'mo',
  xDays: 'd',
  xHours: 'h',
  xMinutes: 'min',
  xSeconds: 's',
}

/** The short names of units, as date-fns asks a locale for them. */
const short: Pick<Locale, 'formatDistance'> = { formatDistance: (token, count) => `${count} ${units[token]}` }

/** A duration for people, to the second: `2 h 3 min 5 s`; below one to the millisecond. */
export const durationText = (durationMs: number): string => {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`
  const duration = intervalToDuration({ start: 0, end: Math.round(durationMs / 1_000) * 1_000 })
  return formatDuration(duration, { locale: short })
}
