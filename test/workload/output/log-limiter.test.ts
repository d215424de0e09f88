import { describe, expect, it } from 'vitest'
import { createLogLimiter } from '../../../src/workload/output/log-limiter.ts'
import type { Severity } from '../../../src/workload-events.ts'
import { manualClock } from '../../support/manual-clock.ts'

const limited = (ratePerSecond: number) => {
  const clock = manualClock()
  const told: number[] = []
  const limiter = createLogLimiter({ ratePerSecond, clock, onCapped: (count) => told.push(count) })
  const taken = (severity: Severity, count: number) =>
    Array.from({ length: count }, () => limiter.take(severity)).filter(Boolean).length
  return { clock, told, limiter, taken }
}

describe('a limiter', () => {
  it('lets one second of records through at once, and then as many as time brings', async () => {
    const { clock, limiter, taken } = limited(100)
    expect(taken('INFO', 1000)).toBe(100)
    await clock.advance(50)
    expect(taken('INFO', 1000)).toBe(5)
    await clock.advance(60_000)
    expect(taken('WARN', 1000)).toBe(100)
    expect(limiter.capped()).toBe(2795)
  })

  it('does not save up what was not used', async () => {
    const { clock, taken } = limited(100)
    taken('INFO', 50)
    await clock.advance(60_000)
    expect(taken('INFO', 1000)).toBe(100)
  })

  it('keeps a tenth of the rate for errors, on top of it', async () => {
    const { clock, limiter, taken } = limited(100)
    taken('INFO', 1000)
    expect(limiter.room()).toBe('severe')
    expect(taken('ERROR', 5)).toBe(5)
    expect(taken('FATAL', 100)).toBe(5)
    expect(limiter.room()).toBe('none')
    await clock.advance(100)
    expect(limiter.room()).toBe('any')
    expect(taken('ERROR', 100)).toBe(11)
  })

  it('keeps at least one record for errors, however low the rate', () => {
    const { taken } = limited(1)
    expect(taken('INFO', 10)).toBe(1)
    expect(taken('ERROR', 10)).toBe(1)
  })

  it('tells at most once a minute how many were not sent, and the rest at the end', async () => {
    const { clock, told, limiter, taken } = limited(10)
    await clock.advance(120_000)
    expect(clock.pending()).toBe(0)
    taken('INFO', 15)
    limiter.skip(3)
    await clock.advance(59_000)
    expect(told).toEqual([])
    taken('INFO', 12)
    await clock.advance(1000)
    expect(told).toEqual([10])
    await clock.advance(120_000)
    taken('INFO', 14)
    limiter.end()
    expect(told).toEqual([10, 4])
    expect(limiter.capped()).toBe(14)
    await clock.advance(120_000)
    limiter.end()
    expect(told).toEqual([10, 4])
  })

  it('tells nothing where all was sent', () => {
    const { told, limiter, taken } = limited(10)
    taken('INFO', 10)
    limiter.skip(0)
    limiter.end()
    expect(told).toEqual([])
  })
})
