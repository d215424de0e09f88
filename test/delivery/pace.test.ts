import { describe, expect, it } from 'vitest'
import { createPace } from '../../src/delivery/pace.ts'
import { manualClock } from '../support/manual-clock.ts'

/** A pace of a program that hands a batch over each so many milliseconds. */
const paceOf = async (everyMs: number, random = () => 0.5) => {
  const clock = manualClock()
  const pace = createPace(clock, random)
  for (let batch = 0; batch < 60; batch += 1) {
    pace.accepted()
    await clock.advance(everyMs)
  }
  pace.sent()
  return { pace, clock }
}

describe('the pause between two requests of a backlog', () => {
  it.each([
    [0, 50],
    [30, 50],
    [300, 202],
    [6_000, 4_000],
    [30_000, 13_333],
    [3_600_000, 13_333],
  ])('is, with a batch each %i ms, about %i ms', async (everyMs, pauseMs) => {
    const { pace } = await paceOf(everyMs)
    expect(pace.waitMs() / pauseMs).toBeCloseTo(1)
  })

  it.each([
    [0, 2_000],
    [1, 6_000],
  ])('is spread by half to both sides: with %i at random %i ms', async (random, pauseMs) => {
    const { pace } = await paceOf(6_000, () => random)
    expect(pace.waitMs() / pauseMs).toBeCloseTo(1)
  })

  it('begins anew with each request, whoever sends it', async () => {
    const { pace, clock } = await paceOf(6_000)
    await clock.advance(3_000)
    expect(pace.waitMs() / 1_000).toBeCloseTo(1)
    pace.sent()
    expect(pace.waitMs() / 4_000).toBeCloseTo(1)
    await clock.advance(10_000)
    expect(pace.waitMs()).toBe(0)
  })

  it('is not short for a program of which nothing is known yet: tasks may have started together', () => {
    const waits = [0, 0.5, 1].map((random) => createPace(manualClock(), () => random).waitMs())
    expect(waits.map(Math.round)).toEqual([1_667, 3_333, 5_000])
  })

  it('follows a program that changes', async () => {
    const { pace, clock } = await paceOf(6_000)
    for (let batch = 0; batch < 60; batch += 1) {
      pace.accepted()
      await clock.advance(300)
    }
    pace.sent()
    expect(pace.waitMs()).toBeLessThan(220)
  })
})
