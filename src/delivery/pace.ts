/**
 * How fast a backlog follows. Every request of a place, new or old, keeps that of a backlog off for two thirds of the
 * time between two batches that the program hands over. So however many tasks have waited for a backend, it sees about
 * twice the usual requests at most; and as those of a backlog are joined to large ones, it is through much sooner than
 * it took to grow.
 */
import type { Clock } from '../clock.ts'

export interface Pace {
  /** The program handed a batch over. */
  readonly accepted: () => void
  /** A request was sent. */
  readonly sent: () => void
  /** How long the next one of a backlog has to wait, in milliseconds. */
  readonly waitMs: () => number
}

/** Bounds of the time between two requests of a backlog. */
const shortestMs = 50
const longestMs = 20_000
const firstGuessMs = 5_000

/** As many of the latest gaps between two batches make the mean. */
const gapsInMean = 10
const share = 2 / 3

export const createPace = (clock: Clock, random: () => number): Pace => {
  let meanGapMs = firstGuessMs
  let gaps = 1
  let acceptedMs: number | undefined
  const pauseMs = () => Math.max(shortestMs, share * meanGapMs) * (0.5 + random())
  // tasks that start together do not replay together
  let nextMs = clock.monotonicMs() + pauseMs()
  return {
    accepted: () => {
      const nowMs = clock.monotonicMs()
      if (acceptedMs !== undefined) {
        gaps = Math.min(gaps + 1, gapsInMean)
        meanGapMs += (Math.min(nowMs - acceptedMs, longestMs) - meanGapMs) / gaps
      }
      acceptedMs = nowMs
    },
    sent: () => {
      nextMs = clock.monotonicMs() + pauseMs()
    },
    waitMs: () => Math.max(0, nextMs - clock.monotonicMs()),
  }
}
