import { expect, it } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { startHeartbeat } from '../../src/progress/heartbeat.ts'
import { beginPlan } from '../../src/progress/plan.ts'
import { manualClock } from '../support/manual-clock.ts'

/** A clock that goes on while it is read, and whose timers come a little early, as real ones do. */
const restlessClock = (stepMs: number, earlyMs: number) => {
  let nowMs = 0
  let timer: { readonly dueMs: number; readonly wake: () => void } | undefined
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => {
      nowMs += stepMs
      return nowMs
    },
    after: (delayMs, wake) => {
      timer = { dueMs: nowMs + delayMs, wake }
      return () => {
        timer = undefined
      }
    },
  }
  /** Lets the next timer fire; the time when that was. */
  const fire = () => {
    const due = timer
    timer = undefined
    nowMs = Math.max(nowMs, (due?.dueMs ?? nowMs) - earlyMs)
    due?.wake()
    return nowMs
  }
  return { clock, fire }
}

it.each([0, 0.1, 0.3, 0.5, 0.7, 0.9])(
  'who waits for the dwell is not left to the next heartbeat by a timer that is %s ms early',
  async (earlyMs) => {
    const { clock, fire } = restlessClock(0.4, earlyMs)
    const shown = { percentComplete: 50, name: 'a', metadata: {} }
    const heartbeat = startHeartbeat({
      plan: beginPlan(shown, clock.monotonicMs(), []),
      pace: () => ({ heartbeatMs: 60_000, dwellMs: 6_000 }),
      clock,
      write: async () => {},
      onPublished: () => {},
      onFailure: () => {},
    })
    let isReached = false
    const reached = heartbeat.until(({ shownSinceMs }, nowMs) => nowMs >= shownSinceMs + 6_000)
    void reached.then(() => {
      isReached = true
    })
    let nowMs = 0
    while (!isReached && nowMs < 50_000) {
      nowMs = fire()
      await Promise.resolve()
    }
    expect(nowMs).toBeLessThan(6_100)
    await heartbeat.stop()
  },
)

it.each([
  {
    what: 'a state that waits for its turn',
    queue: [{ percentComplete: 60, name: 'b', metadata: {} }],
    keepsAlive: true,
  },
  { what: 'nothing but the next heartbeat', queue: [], keepsAlive: false },
])('a process stays for $what: $keepsAlive', async ({ queue, keepsAlive }) => {
  const kept: unknown[] = []
  const clock: Clock = {
    now: () => new Date(0),
    monotonicMs: () => 0,
    after: (_, __, options) => {
      kept.push(options?.keepsAlive)
      return () => {}
    },
  }
  const heartbeat = startHeartbeat({
    plan: beginPlan({ percentComplete: 50, name: 'a', metadata: {} }, 0, queue),
    pace: () => ({ heartbeatMs: 60_000, dwellMs: 6_000 }),
    clock,
    write: async () => {},
    onPublished: () => {},
    onFailure: () => {},
  })
  expect(kept).toEqual([keepsAlive])
  await heartbeat.stop()
})

it('when nothing trains any more there is no heartbeat, and what waits is still published', async () => {
  const clock = manualClock()
  const written: string[] = []
  let heartbeatMs = 1_000
  const heartbeat = startHeartbeat({
    plan: beginPlan({ percentComplete: 50, name: 'a', metadata: {} }, 0, [
      { percentComplete: 60, name: 'b', metadata: {} },
    ]),
    pace: () => ({ heartbeatMs, dwellMs: 6_000 }),
    clock,
    write: async (_, kind) => {
      written.push(kind)
    },
    onPublished: () => {},
    onFailure: () => {},
  })
  heartbeatMs = Number.POSITIVE_INFINITY
  heartbeat.update((plan) => plan)
  await clock.advance(600_000)
  expect(written).toEqual(['publish'])
  await heartbeat.stop()
})
