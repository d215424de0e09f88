import type { Clock } from '../../clock.ts'
import type { OpenSpan, OpenSpans } from './open-spans.ts'

/** A look at all spans is not free: at most so many in the time after which one is told of. */
const mostLooks = 10

export interface Announcements {
  /** Has to be called when a span starts. */
  readonly arm: () => void
  /** Tells of all spans that go on and have not been told of yet. */
  readonly tellAll: () => void
  readonly close: () => void
}

/** Tells of spans that go on for long; those that end before cost nothing but a look. */
export const createAnnouncements = (
  spans: OpenSpans,
  afterMs: number,
  clock: Clock,
  tell: (open: OpenSpan) => void,
): Announcements => {
  let cancel: (() => void) | undefined

  /** How old the oldest of those is that are younger; undefined if there are none. */
  const tellOlderThan = (ageMs: number): number | undefined => {
    let oldestMs: number | undefined
    spans.each((open) => {
      if (open.isAnnounced) return
      const { durationMs } = open.span
      if (durationMs >= ageMs) tell(open)
      else oldestMs = Math.max(oldestMs ?? 0, durationMs)
    })
    return oldestMs
  }
  const armFor = (delayMs: number) => {
    if (cancel || afterMs === Number.POSITIVE_INFINITY) return
    cancel = clock.after(delayMs, () => {
      cancel = undefined
      const oldestMs = tellOlderThan(afterMs)
      if (oldestMs !== undefined) armFor(Math.max(afterMs - oldestMs, afterMs / mostLooks))
    })
  }
  return {
    arm: () => armFor(afterMs),
    tellAll: () => {
      tellOlderThan(0)
    },
    close: () => {
      cancel?.()
      cancel = undefined
    },
  }
}
