import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countNotPositive, extentOfX, extentOfY, logRange } from '../../../../src/view/page/curves/extent.ts'
import { colourOf, dashOf, inOrder } from '../../../../src/view/page/curves/line.ts'
import { linesOf } from '../../../../src/view/page/curves/lines-of.ts'
import { lastWithin, nearestIndex, stepFrom, valueAt } from '../../../../src/view/page/curves/nearest.ts'
import { rates } from '../../../../src/view/page/curves/rates.ts'
import { smooth } from '../../../../src/view/page/curves/smooth.ts'

const values = fc.array(
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { nil: null }),
)

it.each([
  ['no smoothing leaves values as they are', [3, null, 1], 0, [3, null, 1]],
  ['the first value is not drawn towards 0', [10, 10, 10], 0.9, [10, 10, 10]],
  ['each is an average of those before', [0, 3], 0.5, [0, 2]],
  ['gaps stay, and touch nothing', [4, null, 4], 0.99, [4, null, 4]],
  ['what is not finite is a gap', [4, Number.NaN, Number.POSITIVE_INFINITY, 4], 0.5, [4, null, null, 4]],
] as const)('smoothing: %s', (_, y, weight, expected) => {
  const smoothed = smooth(y, weight)
  expect(smoothed).toHaveLength(expected.length)
  smoothed.forEach((value, index) => {
    const wanted = expected[index]
    if (wanted === null || wanted === undefined) expect(value).toBeNull()
    else expect(value).toBeCloseTo(wanted, 9)
  })
})

it('smoothing never leaves the extent of the values, and keeps every gap', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (y, weight) => {
      const finite = y.filter((value) => value !== null)
      const [least, most] = [Math.min(...finite), Math.max(...finite)]
      smooth(y, weight).forEach((value, index) => {
        expect(value === null).toBe(y[index] === null)
        if (value === null) return
        const slack = 1e-6 * (1 + Math.abs(least) + Math.abs(most))
        expect(value).toBeGreaterThanOrEqual(least - slack)
        expect(value).toBeLessThanOrEqual(most + slack)
      })
    }),
  )
})

it.each([
  ['per second, told at the later point', [0, 1_000, 3_000], [0, 5, 25], 0, [1_000, 3_000], [5, 10]],
  ['a counter that fell has begun anew', [0, 1_000, 2_000], [100, 110, 4], 0, [1_000, 2_000], [10, 4]],
  ['of several values at one time the last counts', [0, 0, 0, 1_000], [1, 9, 3, 13], 0, [1_000], [10]],
  ['points that are too near are counted with the next', [0, 10, 1_000], [0, 5, 10], 100, [1_000], [10]],
  [
    'a gap stays, and what was counted over it is not lost',
    [0, 500, 1_000],
    [0, null, 7],
    0,
    [500, 1_000],
    [null, 7],
  ],
  ['one point has no rate', [0], [3], 0, [], []],
] as const)('rates: %s', (_, x, y, leastGap, atX, rate) => {
  expect(rates({ x, y }, { per: 1_000, leastGap })).toEqual({ x: atX, y: rate })
})

it('the time of each point goes with its rate', () => {
  expect(rates({ x: [1, 2], y: [0, 3], t: [100, 200] }, { per: 1, leastGap: 0 })).toEqual({
    x: [2],
    y: [3],
    t: [200],
  })
})

it.each([
  [[], 5, -1],
  [[10], -3, 0],
  [[10, 20], 14, 0],
  [[10, 20], 16, 1],
  [[10, 20, 20, 30], 20, 2],
  [[10, 20], 99, 1],
])('the point of %j nearest to %i is number %i', (x, at, index) => {
  expect(nearestIndex(x, at)).toBe(index)
})

it.each([
  ['before its begin a line says nothing', 5, undefined],
  ['near its begin it does', 9.5, 1],
  ['a gap is told as one', 20, null],
  ['nearest counts', 27, 3],
  ['after its end it says nothing', 40, undefined],
] as const)('value at the cursor: %s', (_, at, value) => {
  expect(valueAt({ x: [10, 20, 30], y: [1, null, 3] }, at, 1)).toBe(value)
})

it.each([
  ['what lies beyond the end does not count', { min: 0, max: 25 }, null],
  ['the last one', { min: 0, max: 99 }, 3],
  ['none where the line is not', { min: 31, max: 99 }, undefined],
  ['none before the line', { min: 0, max: 9 }, undefined],
] as const)('the last value shown: %s', (_, shown, value) => {
  expect(lastWithin({ x: [10, 20, 30], y: [1, null, 3] }, shown)).toBe(value)
})

it.each([
  ['the next point', 10, 1, 20],
  ['points of one x are one', 20, 1, 30],
  ['back over points of one x', 30, -1, 20],
  ['from between two points', 13, 1, 20],
  ['not beyond the end', 30, 5, 30],
  ['from nowhere: the first', undefined, 1, 10],
  ['from nowhere, back: the last', undefined, -1, 30],
] as const)('the cursor moves: %s', (_, at, by, expected) => {
  expect(stepFrom([10, 20, 20, 20, 30], at, by)).toBe(expected)
})

it('steps that were done again after a restart lie in order, with their times', () => {
  expect(inOrder({ x: [1, 2, 3, 2, 3], y: [5, null, 7, 8, 9], t: [10, 20, 30, 40, 50] })).toEqual({
    x: [1, 2, 2, 3, 3],
    y: [5, null, 8, 7, 9],
    t: [10, 20, 40, 30, 50],
  })
})

it('lines of one colour have different dashes, as far as there are such', () => {
  const looks = Array.from({ length: 64 }, (_, style) => `${colourOf(style)} ${dashOf(style)}`)
  expect(new Set(looks).size).toBe(64)
})

it.each([
  ['of what is shown', { min: 1, max: 2 }, false, { min: -1, max: 4 }],
  ['the pale curve behind counts', { min: 3, max: 3 }, false, { min: 8, max: 20 }],
  ['a logarithmic scale has no place for 0 and less', { min: 1, max: 2 }, true, { min: 4, max: 4 }],
  ['of all where nothing is shown', { min: 100, max: 200 }, false, { min: -1, max: 20 }],
] as const)('the y axis reaches: %s', (_, within, isLog, expected) => {
  const lines = [{ x: [1, 2, 2.5, 3], y: [-1, 4, null, 8], raw: [-1, 4, null, 20] }]
  expect(extentOfY(lines, within, isLog)).toEqual(expected)
})

it('no points have no extent, and what a logarithmic scale cannot show is counted', () => {
  expect(extentOfX([{ x: [] }])).toBeUndefined()
  expect(extentOfY([{ x: [1], y: [null] }], { min: 0, max: 9 }, false)).toBeUndefined()
  expect(extentOfX([{ x: [3, 9] }, { x: [] }, { x: [1] }])).toEqual({ min: 1, max: 9 })
  expect(countNotPositive([{ x: [1, 2, 3, 4], y: [0, -1, null, 2] }])).toBe(2)
})

it.each([
  [0.164, 2.42, 0.1, 3],
  [1, 1, 0.5, 2],
  [0.002, 1_000, 0.002, 1_000],
])('a logarithmic axis for %f to %f goes from %f to %f', (min, max, low, high) => {
  const range = logRange({ min, max })
  expect(range.min).toBeCloseTo(low, 9)
  expect(range.max).toBeCloseTo(high, 9)
})

it('curves become lines in the order of the chart, with the look of their place also where one has no answer', () => {
  const chart = {
    key: 'k',
    name: 'n',
    title: 'n',
    unit: '',
    kind: 'counter',
    group: 'other',
    lines: [
      { id: 7, label: 'a' },
      { id: 8, label: 'b' },
      { id: 9, label: 'c' },
    ],
  } as const
  const curves = [
    { id: 9, x: [0, 1_000], y: [0, 2] },
    { id: 7, x: [0, 1_000], y: [0, 4] },
  ]
  expect(linesOf(chart, curves, { ratePer: 1_000, smoothing: 0.5, perPixel: 1 })).toEqual([
    { key: '7', label: 'a', style: 0, x: [1_000], y: [4], raw: [4] },
    { key: '9', label: 'c', style: 2, x: [1_000], y: [2], raw: [2] },
  ])
  expect(linesOf(chart, curves, { ratePer: undefined, smoothing: 0, perPixel: 1 })[1]).toEqual({
    key: '9',
    label: 'c',
    style: 2,
    x: [0, 1_000],
    y: [0, 2],
  })
})
