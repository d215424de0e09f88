import type { Clock } from '../../clock.ts'

const WINDOW_MS = 1000

/** Counts what is done in each second. */
export interface Rate {
  /** Whether one more may be done in this second. */
  readonly hasRoom: () => boolean
  readonly count: () => void
}

export const createRate = (perSecond: number, clock: Clock): Rate => {
  let startedAtMs = clock.monotonicMs()
  let done = 0
  return {
    hasRoom: () => {
      if (done < perSecond) return true
      const nowMs = clock.monotonicMs()
      if (nowMs - startedAtMs < WINDOW_MS) return false
      startedAtMs = nowMs
      done = 0
      return true
    },
    count: () => {
      done += 1
    },
  }
}
