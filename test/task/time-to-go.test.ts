import { describe, expect, it } from 'vitest'
import { createTimeToGo } from '../../src/task/time-to-go.ts'

type Observation = readonly [seconds: number, percent: number]

/** What is told at `at`, by default at the last observation. */
const estimate = (observations: readonly Observation[], at = observations.at(-1)?.[0] ?? 0) => {
  let nowMs = 0
  const toGo = createTimeToGo({ monotonicMs: () => nowMs })
  for (const [seconds, percent] of observations) {
    nowMs = seconds * 1000
    toGo.observe(percent)
  }
  nowMs = at * 1000
  return toGo.seconds()
}

/** Observations a step apart, at an even pace. */
const steadily = (from: Observation, to: Observation, steps: number): readonly Observation[] =>
  Array.from({ length: steps + 1 }, (_, index) => {
    const share = index / steps
    return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]
  })

describe('an estimate is near the truth', () => {
  it.each<{ run: string; observations: readonly Observation[]; truth: number; within: number }>([
    { run: 'an even one', observations: steadily([0, 0], [40, 40], 40), truth: 60, within: 0.01 },
    {
      run: 'an even one, observed a hundred times a second',
      observations: steadily([0, 0], [40, 40], 4000),
      truth: 60,
      within: 4,
    },
    {
      run: 'an even one of ten days',
      observations: steadily([0, 0], [432_000, 50], 5000),
      truth: 432_000,
      within: 1,
    },
    {
      run: 'one observed three times',
      observations: [
        [0, 0],
        [100, 25],
        [200, 50],
      ],
      truth: 200,
      within: 0.01,
    },
    {
      run: 'one whose first percent took 300 s, not 10',
      observations: [[0, 0], ...steadily([300, 1], [390, 10], 9)],
      truth: 900,
      within: 1,
    },
    {
      run: 'the same, one percent later',
      observations: [
        [0, 0],
        [300, 1],
        [310, 2],
      ],
      truth: 980,
      within: 1,
    },
    { run: 'one resumed at 60 %', observations: steadily([0, 60], [100, 70], 10), truth: 300, within: 0.01 },
    {
      run: 'one resumed at 60 %, with a slow first step',
      observations: [[0, 60], ...steadily([300, 60.1], [325, 62.6], 25)],
      truth: 374,
      within: 1,
    },
    {
      run: 'one at 60 %, after a pause of 1,000 s at 50 %',
      observations: [...steadily([0, 0], [50, 50], 50), ...steadily([1051, 51], [1060, 60], 9)],
      truth: 40,
      within: 5,
    },
    {
      run: 'one just after a pause',
      observations: [...steadily([0, 0], [50, 50], 50), [1051, 51]],
      truth: 49,
      within: 6,
    },
    {
      run: 'one that evaluates for 5 s after each 2 %, which take 10 s, observed each second',
      observations: Array.from({ length: 301 }, (_, step) => [step + 5 * Math.floor(step / 10), step / 5]),
      truth: 300,
      within: 10,
    },
    {
      run: 'one that has become half as fast at 20 %',
      observations: [...steadily([0, 0], [20, 20], 20), ...steadily([22, 21], [100, 60], 39)],
      truth: 80,
      within: 0.01,
    },
    {
      run: 'one whose output arrives in bursts',
      observations: [0, 1, 2, 3, 4].flatMap((burst) =>
        steadily([burst * 60, burst * 10], [burst * 60 + 0.001, burst * 10 + 9], 9),
      ),
      truth: 306,
      within: 1,
    },
  ])('of $run', ({ observations, truth, within }) => {
    expect(Math.abs((estimate(observations) ?? Number.NaN) - truth)).toBeLessThanOrEqual(within)
  })
})

describe('there is no estimate', () => {
  it.each<{ as: string; observations: readonly Observation[]; at?: number }>([
    { as: 'nothing was observed', observations: [] },
    {
      as: 'there was no progress',
      observations: [
        [0, 5],
        [100, 5],
      ],
      at: 200,
    },
    {
      as: 'only the first step was seen',
      observations: [
        [0, 0],
        [300, 1],
      ],
      at: 400,
    },
    {
      as: 'all of it took no time',
      observations: [
        [0, 0],
        [0.1, 10],
        [0.2, 20],
      ],
    },
    {
      as: 'what was observed makes no sense',
      observations: [
        [0, Number.NaN],
        [10, -1],
        [20, 101],
        [30, Infinity],
      ],
    },
  ])('as long as $as', ({ observations, at }) => {
    expect(estimate(observations, at)).toBeUndefined()
  })
})

it('an estimate counts down until the next observation', () => {
  const observations = steadily([0, 0], [40, 4], 4)
  expect([40, 43, 49, 50].map((at) => estimate(observations, at))).toEqual([960, 957, 951, 950])
})

it('a run that has stopped does not seem to arrive', () => {
  expect(estimate(steadily([0, 0], [40, 4], 4), 100_000)).toBe(950)
})

it('an estimate is never negative, and nothing is left at 100', () => {
  const nearlyDone = steadily([0, 0], [99, 99], 33)
  expect(estimate(nearlyDone, 101)).toBe(0)
  expect(estimate([...nearlyDone, [100, 100]], 500)).toBe(0)
  expect(estimate([[0, 100]])).toBe(0)
})

it('a percentage that falls is ignored, until it is new progress', () => {
  const rising = steadily([0, 0], [40, 40], 40)
  expect(estimate([...rising, [41, 10], [42, 39.9]], 42)).toBe(estimate(rising, 42))
  expect(estimate([...rising, [41, 10], [42, 42]])).toBeCloseTo(58, 5)
})

it('memory is bounded, however often it is observed', () => {
  let nowMs = 0
  const toGo = createTimeToGo({ monotonicMs: () => nowMs })
  for (let step = 0; step <= 50_000; step += 1) {
    nowMs = step * 1000
    toGo.observe(step / 1000)
  }
  expect(toGo.seconds()).toBeCloseTo(50_000, 3)
})
