import { formatDuration, intervalToDuration } from 'date-fns'

/** A duration for people, to the second: `2 hours 3 minutes 5 seconds`. */
export const durationText = (durationMs: number): string => {
  const duration = intervalToDuration({ start: 0, end: Math.round(durationMs / 1_000) * 1_000 })
  return formatDuration(duration) || 'less than a second'
}
