import type { Clock } from '../clock.ts'

/** Lets through so many a second, and a burst at once. */
export interface Bucket {
  /** Takes one, if there is one. */
  readonly take: () => boolean
}

/** @param rate - tokens a second */
export const createBucket = (clock: Pick<Clock, 'monotonicMs'>, rate: number, burst: number): Bucket => {
  let tokens = burst
  let filledMs = clock.monotonicMs()
  return {
    take: () => {
      if (tokens < 1) {
        // the clock is asked only where it matters
        const nowMs = clock.monotonicMs()
        tokens = Math.min(burst, tokens + ((nowMs - filledMs) / 1_000) * rate)
        filledMs = nowMs
        if (tokens < 1) return false
      }
      tokens -= 1
      return true
    },
  }
}
