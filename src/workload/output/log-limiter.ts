import type { Clock } from '../../clock.ts'
import type { Severity } from '../../workload-events.ts'

/** What part of the rate the severe records have for themselves, on top of it. */
const SEVERE_SHARE = 0.1

/** The least time between two tellings of how much was not sent. */
const TELL_MS = 60_000

export interface LogLimiterOptions {
  /** Integer of at least 1: log records a second. */
  readonly ratePerSecond: number
  readonly clock: Clock
  /** Told at most once a minute, and at the end: how many records were not sent since it was last told; at least 1. */
  readonly onCapped: (count: number) => void
}

/** How many log records a second are sent; one for all streams of a command. */
export interface LogLimiter {
  /** Which records would be sent now: any, only ERROR and FATAL, or none. Lets a reader spare itself the rest. */
  readonly room: () => 'any' | 'severe' | 'none'
  /** Whether this record may be sent; one that may not is counted. */
  readonly take: (severity: Severity) => boolean
  /** Counts records that nobody asked for, because there was no room. */
  readonly skip: (count: number) => void
  /** Records that were not sent, from the start. */
  readonly capped: () => number
  /** Tells what is untold. */
  readonly end: () => void
}

export const isSevere = (severity: Severity): boolean => severity === 'ERROR' || severity === 'FATAL'

/** A bucket that fills by the second, and holds no more than one second's worth. */
const tokenBucket = (perSecond: number, clock: Clock) => {
  const size = Math.max(1, perSecond)
  let tokens = size
  let filledAtMs = clock.monotonicMs()
  return {
    hasOne: () => {
      const nowMs = clock.monotonicMs()
      tokens = Math.min(size, tokens + ((nowMs - filledAtMs) * perSecond) / 1000)
      filledAtMs = nowMs
      return tokens >= 1
    },
    takeOne: () => {
      tokens -= 1
    },
  }
}

/**
 * Lets a number of records a second through, with a burst of one second's worth. Errors that come when the others
 * have used it up have a tenth of the rate (at least one record) for themselves: a flood must not hide why it came.
 */
export const createLogLimiter = (options: LogLimiterOptions): LogLimiter => {
  const { ratePerSecond, clock, onCapped } = options
  const common = tokenBucket(ratePerSecond, clock)
  const reserve = tokenBucket(ratePerSecond * SEVERE_SHARE, clock)
  let capped = 0
  let told = 0
  let cancelTelling: (() => void) | undefined

  const tell = () => {
    cancelTelling?.()
    cancelTelling = undefined
    const count = capped - told
    told = capped
    if (count > 0) onCapped(count)
  }
  const skip = (count: number) => {
    capped += count
    if (count > 0) cancelTelling ??= clock.after(TELL_MS, tell)
  }
  return {
    room: () => (common.hasOne() ? 'any' : reserve.hasOne() ? 'severe' : 'none'),
    take: (severity) => {
      const bucket = [common, ...(isSevere(severity) ? [reserve] : [])].find(({ hasOne }) => hasOne())
      if (bucket === undefined) skip(1)
      else bucket.takeOne()
      return bucket !== undefined
    },
    skip,
    capped: () => capped,
    end: tell,
  }
}
