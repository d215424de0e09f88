/**
 * The longest that a collector can make us wait, 10 minutes: whoever asks for more is asked again then. An hour that
 * somebody typed as milliseconds, or a date of next year, must not cost a run its telemetry.
 */
const longestAskedDelayMs = 600_000

/** A delay that was asked for, within reason; a negative one is no request. */
export const clampedDelay = (delayMs: number): number | undefined =>
  delayMs >= 0 ? Math.min(delayMs, longestAskedDelayMs) : undefined

/**
 * `Retry-After` in milliseconds from now: whole seconds, or a date. One that cannot be read, or that is past, is as if
 * it were not there.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export const readRetryAfter = (header: string | undefined, nowMs: number): number | undefined => {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return clampedDelay(Number(text) * 1_000)
  // each of the three forms of a date begins with its weekday; Date.parse alone would take nearly anything
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)
    ? clampedDelay(Date.parse(text) - nowMs)
    : undefined
}
