import { type Clock, systemClock } from '../clock.ts'
import type { Timestamp } from './span.ts'

/**
 * Both times of a moment by reading, as a rule, one clock: wall time is the monotonic clock's plus an offset that is
 * set right as soon as it leaves the millisecond that the wall clock shows. So it has fractions, and follows a wall
 * clock that is set within `recheckMs`.
 */
export interface Timekeeper {
  readonly monotonicMs: () => number
  readonly now: () => Timestamp
  /** The wall time of a moment that is now, by the monotonic clock. */
  readonly wallMsAt: (monotonicMs: number) => number
  /** Both times of a moment that somebody knows by the wall clock. */
  readonly stampOf: (date: Date) => Timestamp
}

/** How long the system's wall clock may be wrong by what an operator has set it; a clock of a test is asked each time. */
const recheckMs = 100

/** Both clocks are read in less; a process that was held up in between reads them again. */
const readMs = 0.5
const mostReadings = 10

export const openTimekeeper = (clock: Clock): Timekeeper => {
  const isSystem = clock === systemClock
  const wallNowMs = isSystem ? Date.now : () => clock.now().getTime()
  const monotonicMs = isSystem ? () => performance.now() : clock.monotonicMs
  const everyMs = isSystem ? recheckMs : 0
  let checkedMs = Number.NEGATIVE_INFINITY
  let offsetMs = 0

  const readBoth = () => {
    for (let left = mostReadings; ; left -= 1) {
      const atMs = monotonicMs()
      const shownMs = wallNowMs()
      if (left === 1 || monotonicMs() - atMs < readMs) return { atMs, shownMs }
    }
  }
  const wallMsAt = (nowMs: number) => {
    if (nowMs - checkedMs >= everyMs) {
      checkedMs = nowMs
      const { atMs, shownMs } = readBoth()
      const aheadMs = atMs + offsetMs - shownMs
      if (aheadMs < 0 || aheadMs >= 1) offsetMs = shownMs - atMs
    }
    return nowMs + offsetMs
  }
  return {
    monotonicMs,
    wallMsAt,
    now: () => {
      const nowMs = monotonicMs()
      return { wallMs: wallMsAt(nowMs), monotonicMs: nowMs }
    },
    stampOf: (date) => {
      const nowMs = monotonicMs()
      const wallMs = date.getTime()
      return { wallMs, monotonicMs: nowMs - (wallMsAt(nowMs) - wallMs) }
    },
  }
}
