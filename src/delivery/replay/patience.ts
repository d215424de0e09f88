import type { Clock } from '../../clock.ts'
import { backoffMs } from '../backoff.ts'

/** When a collector that did not take a request is asked again, and how long that goes on. */
export interface Patience {
  /** How long the next attempt has to wait, in milliseconds. */
  readonly waitMs: () => number
  /** Marks an attempt that starts now. */
  readonly start: () => number
  /** The collector has answered, whatever it said of the request. */
  readonly answered: () => void
  /**
   * An attempt failed.
   *
   * @param attempt - as `start` marked it: of several that were under way together one counts
   * @param afterMs - how long the collector wants to be left alone
   */
  readonly failed: (attempt: number, afterMs: number | undefined) => void
  /** There is nothing to be waited for any more. */
  readonly hasRunOut: () => boolean
}

export interface PatienceOptions {
  /** How long it lasts without an answer, in milliseconds. */
  readonly limitMs: number
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
}

export const createPatience = ({ limitMs, clock, random }: PatienceOptions): Patience => {
  let failures = 0
  let round = 0
  let endMs = clock.monotonicMs() + limitMs
  let notBeforeMs = 0
  let hasRunOut = false
  return {
    waitMs: () => Math.max(0, notBeforeMs - clock.monotonicMs()),
    start: () => round,
    answered: () => {
      failures = 0
      round += 1
      notBeforeMs = 0
      endMs = clock.monotonicMs() + limitMs
    },
    failed: (attempt, afterMs = 0) => {
      const nowMs = clock.monotonicMs()
      // to wait longer than patience lasts is to wait for nothing
      if (nowMs >= endMs || nowMs + afterMs > endMs) hasRunOut = true
      if (attempt === round) {
        round += 1
        failures += 1
        notBeforeMs = Math.max(notBeforeMs, Math.min(nowMs + backoffMs(failures, random()), endMs))
      }
      notBeforeMs = Math.max(notBeforeMs, nowMs + afterMs)
    },
    hasRunOut: () => hasRunOut,
  }
}
