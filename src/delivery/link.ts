/**
 * Whether a destination takes anything. The signals that go to one place share a link: while it is down one of them
 * asks at a time, and what it learns holds for all. Otherwise a fleet would send three times as many questions to a
 * collector that is just coming back.
 */
import type { Clock } from '../clock.ts'
import { backoffMs } from './backoff.ts'

/** One signal's share in a link. */
export interface Member {
  /** How long it must not send: 0 if it may; Infinity while another one asks, which ends with a call of `turn`. */
  readonly waitMs: () => number
  /** How long it has been failing, in milliseconds; undefined while all is well. */
  readonly downMs: () => number | undefined
  readonly sent: () => void
  readonly succeeded: () => void
  /** @param afterMs - how long the destination asked not to be asked */
  readonly failed: (afterMs?: number) => void
}

export interface Link {
  /** @param turn - called when `waitMs` may have become shorter */
  readonly join: (turn: () => void) => Member
  /** From now on it asks more often: there is not much time left. */
  readonly hurry: () => void
}

interface State {
  readonly turn: () => void
  downSinceMs: number | undefined
  notBeforeMs: number
  /** The number of its last question among all. */
  asked: number
}

/** So long it waits for each that asked longer ago: its signal alone may be the one that is not taken. */
const courtesyMs = 50

/** The longest pause of a link in a hurry. */
const hurryMs = 500

export const createLink = (clock: Clock, random: () => number): Link => {
  const members = new Set<State>()
  let failures = 0
  let nextMs = 0
  let asking: State | undefined
  let questions = 0
  let isHurried = false

  const othersThatAreDown = (self: State) =>
    [...members].filter((member) => member !== self && member.downSinceMs !== undefined)

  const waitMs = (self: State) => {
    const nowMs = clock.monotonicMs()
    if (self.downSinceMs === undefined) return Math.max(0, self.notBeforeMs - nowMs)
    if (asking) return Number.POSITIVE_INFINITY
    const first = othersThatAreDown(self).filter(({ asked }) => asked < self.asked)
    return Math.max(0, Math.max(self.notBeforeMs, nextMs + courtesyMs * first.length) - nowMs)
  }

  const succeeded = (self: State) => {
    // who asks may be well by now, through another answer: the others wait for this one all the same
    const isNews = self.downSinceMs !== undefined || asking === self
    if (asking === self) asking = undefined
    if (!isNews) return
    failures = 0
    nextMs = 0
    const others = othersThatAreDown(self)
    // it holds for all but those who were asked to wait
    for (const member of [self, ...others])
      if (member.notBeforeMs <= clock.monotonicMs()) member.downSinceMs = undefined
    for (const { turn } of others) turn()
  }

  const failed = (self: State, afterMs: number | undefined) => {
    const nowMs = clock.monotonicMs()
    // of several that were under way together one is enough to count
    const isNews = self.downSinceMs === undefined || asking === self
    if (asking === self) asking = undefined
    self.downSinceMs ??= nowMs
    if (isNews) {
      failures += 1
      const pauseMs = backoffMs(failures, random())
      nextMs = nowMs + (isHurried ? Math.min(pauseMs, hurryMs) : pauseMs)
    }
    if (afterMs !== undefined) {
      // all that were told the same do not come back at the same moment
      const spreadMs = Math.max(afterMs / 10, backoffMs(failures, 1))
      self.notBeforeMs = Math.max(self.notBeforeMs, nowMs + afterMs + spreadMs * random())
    }
    for (const { turn } of othersThatAreDown(self)) turn()
  }

  return {
    join: (turn) => {
      const self: State = { turn, downSinceMs: undefined, notBeforeMs: 0, asked: 0 }
      members.add(self)
      return {
        waitMs: () => waitMs(self),
        downMs: () => (self.downSinceMs === undefined ? undefined : clock.monotonicMs() - self.downSinceMs),
        sent: () => {
          if (self.downSinceMs === undefined) return
          asking = self
          questions += 1
          self.asked = questions
        },
        succeeded: () => succeeded(self),
        failed: (afterMs) => failed(self, afterMs),
      }
    },
    hurry: () => {
      isHurried = true
      nextMs = Math.min(nextMs, clock.monotonicMs() + hurryMs * random())
      for (const { turn } of members) turn()
    },
  }
}
