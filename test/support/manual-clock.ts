import type { Clock } from '../../src/clock.ts'

export interface ManualClock extends Clock {
  /** Lets time pass: every timer that falls due in it fires at its own moment, with its consequences. */
  readonly advance: (ms: number) => Promise<void>
  /** Sets the wall clock, as an operator or NTP would; the monotonic one goes on. */
  readonly setWall: (wall: Date) => void
  /** Time passes in which nothing runs: timers that fell due fire together at its end. */
  readonly suspend: (ms: number) => void
  /** Timers that wait. */
  readonly pending: () => number
}

interface Timer {
  readonly atMs: number
  readonly wake: () => void
}

/** Lets everything run that waits for promises or for the disk of this machine. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

export const manualClock = (start = new Date('2026-11-20T10:00:00.000Z'), settled = settle): ManualClock => {
  let monotonicMs = 0
  let offsetMs = start.getTime()
  const timers = new Set<Timer>()
  const nextDue = (untilMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0]
  return {
    now: () => new Date(offsetMs + monotonicMs),
    monotonicMs: () => monotonicMs,
    after: (delayMs, wake) => {
      const timer = { atMs: monotonicMs + delayMs, wake }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance: async (ms) => {
      const untilMs = monotonicMs + ms
      await settled()
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        timers.delete(timer)
        monotonicMs = Math.max(monotonicMs, timer.atMs)
        timer.wake()
        await settled()
      }
      monotonicMs = untilMs
      await settled()
    },
    suspend: (ms) => {
      monotonicMs += ms
    },
    setWall: (wall) => {
      offsetMs = wall.getTime() - monotonicMs
    },
    pending: () => timers.size,
  }
}
