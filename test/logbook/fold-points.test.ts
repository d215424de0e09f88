import { describe, expect, it } from 'vitest'
import { jsonNumber } from '../../src/json.ts'
import type { PointsEntry } from '../../src/logbook/entry.ts'
import { createFold, foldValues, type PointValue } from '../../src/logbook/fold-points.ts'

describe('two values', () => {
  it.each<[string, PointValue, PointValue, PointValue]>([
    ['become least, greatest and last', 1, 2, [1, 2, 2]],
    ['are three also where the last is the least', 2, 1, [1, 2, 1]],
    ['that are the same stay one', 3, 3, 3],
    ['that were joined before keep their extremes', [1, 9, 5], [2, 8, 2], [1, 9, 2]],
    ['of which one is infinite have it as an extreme', 1, 'Infinity', [1, 'Infinity', 'Infinity']],
    ['of which the first is no number have the other', 'NaN', 4, 4],
    ['of which the last is no number end with that', 4, 'NaN', [4, 4, 'NaN']],
    ['that are no numbers stay one', 'NaN', 'NaN', 'NaN'],
    ['with the least infinity keep it', '-Infinity', 0, ['-Infinity', 0, 0]],
  ])('%s', (_, a, b, joined) => {
    expect(foldValues(a, b)).toEqual(joined)
  })
})

it('numbers that JSON has none for are words', () => {
  expect([1.5, Number.NaN, Infinity, -Infinity].map(jsonNumber)).toEqual([
    1.5,
    'NaN',
    'Infinity',
    '-Infinity',
  ])
})

describe('a fold', () => {
  const points = (t: number, v: PointsEntry['v'], step?: number): PointsEntry => ({
    k: 'p',
    t,
    v,
    ...(step !== undefined && { step }),
  })

  it('is as late as its last points, and has the last step', () => {
    const fold = createFold()
    fold.add(points(10, { 1: 5 }, 7))
    fold.add(points(20, { 1: 6, 2: 1 }, 8))
    fold.add(points(30, { 2: 0 }))
    expect(fold.take()).toEqual(points(30, { 1: [5, 6, 6], 2: [0, 1, 0] }, 8))
  })

  it('of one line is that line', () => {
    const fold = createFold()
    fold.add(points(10, { 1: 5 }))
    expect(fold.take()).toEqual(points(10, { 1: 5 }))
  })

  it('is empty before and after', () => {
    const fold = createFold()
    expect(fold.isEmpty()).toBe(true)
    fold.add(points(10, { 1: 5 }, 3))
    expect(fold.isEmpty()).toBe(false)
    fold.take()
    expect([fold.isEmpty(), fold.take()]).toEqual([true, undefined])
    fold.add(points(20, { 1: 6 }))
    expect(fold.take()).toEqual(points(20, { 1: 6 }))
  })
})
