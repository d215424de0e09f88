import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../src/clock.ts'

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
