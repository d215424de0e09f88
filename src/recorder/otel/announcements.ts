import type { Clock } from '../../clock.ts'
import type { OpenSpan, OpenSpans } from './open-spans.ts'

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

  /** Whether there are younger ones. */
  const tellOlderThan = (ageMs: number): boolean => {
    let isSomeoneLeft = false
    spans.each((open) => {
      if (open.isAnnounced) return
      if (open.span.durationMs >= ageMs) tell(open)
      else isSomeoneLeft = true
    })
    return isSomeoneLeft
  }
  const arm = () => {
    if (cancel || afterMs === Number.POSITIVE_INFINITY) return
    cancel = clock.after(afterMs, () => {
      cancel = undefined
      if (tellOlderThan(afterMs)) arm()
    })
  }
  return {
    arm,
    tellAll: () => {
      tellOlderThan(0)
    },
    close: () => {
      cancel?.()
      cancel = undefined
    },
  }
}
