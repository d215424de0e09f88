/**
 * How fast a backlog follows: as many requests as the program hands over itself, no more. So what waited on disk
 * doubles the requests that a backend sees at most, however many tasks have waited for it, and as requests of a
 * backlog are joined to large ones, it is through much sooner than it took to grow.
 */
import type { Clock } from '../clock.ts'

export interface Pace {
  /** The program handed a batch over. */
  readonly accepted: () => void
  /** A request of the backlog was sent. */
  readonly sent: () => void
  /** How long the next one has to wait, in milliseconds. */
  readonly waitMs: () => number
}

/** Bounds of the time between two requests of a backlog. */
const shortestMs = 50
const longestMs = 10_000
const firstGuessMs = 1_000

/** How much the newest gap between two batches counts. */
const weight = 0.2

export const createPace = (clock: Clock, random: () => number): Pace => {
  let gapMs = firstGuessMs
  let acceptedMs: number | undefined
  // a fleet that starts together does not replay together
  let nextMs = clock.monotonicMs() + gapMs * random()
  return {
    accepted: () => {
      const nowMs = clock.monotonicMs()
      if (acceptedMs !== undefined) gapMs += weight * (Math.min(nowMs - acceptedMs, longestMs) - gapMs)
      acceptedMs = nowMs
    },
    sent: () => {
      nextMs = clock.monotonicMs() + Math.max(shortestMs, gapMs) * (0.5 + random())
    },
    waitMs: () => Math.max(0, nextMs - clock.monotonicMs()),
  }
}
