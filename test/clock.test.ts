import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { endsWithin, systemClock } from '../src/clock.ts'
import { manualClock } from './support/manual-clock.ts'

const dayMs = 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

it.each([0, -5, 30 * dayMs, 100 * dayMs])('wakes after %s ms, not before', (delayMs) => {
  const wake = vi.fn()
  systemClock.after(delayMs, wake)
  vi.advanceTimersByTime(Math.max(0, delayMs - 1))
  expect(wake).toHaveBeenCalledTimes(delayMs > 0 ? 0 : 1)
  vi.advanceTimersByTime(2)
  expect(wake).toHaveBeenCalledTimes(1)
})

it.each([10, 100 * dayMs])('does not wake after %s ms when that was taken back', (delayMs) => {
  const wake = vi.fn()
  const cancel = systemClock.after(delayMs, wake)
  vi.advanceTimersByTime(delayMs / 2)
  cancel()
  vi.advanceTimersByTime(delayMs)
  expect(wake).not.toHaveBeenCalled()
})

it('asks for no negative time, which Node warns of', () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout')
  systemClock.after(0, () => {})
  systemClock.after(-5, () => {})
  for (const [, delayMs] of setTimer.mock.calls) expect(delayMs).toBeGreaterThanOrEqual(0)
})

it.each([
  { how: 'ends well', work: () => Promise.resolve(), isInTime: true },
  { how: 'fails', work: () => Promise.reject(new Error('no')), isInTime: true },
  { how: 'never ends', work: () => new Promise(() => {}), isInTime: false },
])(
  'work that $how is waited for no longer than the limit, and leaves no timer',
  async ({ work, isInTime }) => {
    const clock = manualClock()
    const ended = endsWithin(clock, 100, work())
    await clock.advance(100)
    expect(await ended).toBe(isInTime)
    expect(clock.pending()).toBe(0)
  },
)
