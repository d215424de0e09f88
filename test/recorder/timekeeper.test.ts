import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openTimekeeper } from '../../src/recorder/timekeeper.ts'
import { manualClock } from '../support/manual-clock.ts'

it('wall time has the fractions of the monotonic clock', async () => {
  const clock = manualClock(new Date(1_000))
  const { wallMsAt, monotonicMs } = openTimekeeper(clock)
  wallMsAt(monotonicMs())
  await clock.advance(0.25)
  expect(wallMsAt(monotonicMs())).toBe(1_000.25)
})

it('it follows a wall clock that is set, forth and back', async () => {
  const clock = manualClock(new Date(1_000))
  const { wallMsAt, monotonicMs } = openTimekeeper(clock)
  for (const wallMs of [5_000, 4_998, 10]) {
    clock.setWall(new Date(wallMs))
    expect(wallMsAt(monotonicMs())).toBe(wallMs)
    await clock.advance(3)
  }
})

it("it stays within a millisecond of the system's wall clock, or what passed meanwhile", () => {
  const { wallMsAt, monotonicMs } = openTimekeeper(systemClock)
  for (let index = 0; index < 100_000; index += 1) {
    const before = Date.now()
    const wallMs = wallMsAt(monotonicMs())
    const after = Date.now()
    // somebody may set the clock back meanwhile
    expect(wallMs >= Math.min(before, after) - 1 && wallMs <= Math.max(before, after) + 1).toBe(true)
  }
})

it('a moment by the wall clock has its place on the monotonic one', async () => {
  const clock = manualClock(new Date(1_000))
  const { stampOf } = openTimekeeper(clock)
  await clock.advance(500)
  expect(stampOf(new Date(1_100))).toEqual({ wallMs: 1_100, monotonicMs: 100 })
})
