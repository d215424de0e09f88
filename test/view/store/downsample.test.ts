import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choosePoints } from '../../../src/view/store/downsample.ts'

const value = fc.oneof(
  { weight: 9, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
)
const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), value), { maxLength: 400 })
  .map((pairs) => pairs.toSorted(([a], [b]) => a - b))
  .map((pairs) => ({
    x: Float64Array.from(pairs, ([x]) => x),
    y: Float64Array.from(pairs, ([, y]) => y),
  }))
const columns = fc.integer({ min: 1, max: 60 })

const finite = (numbers: readonly number[]) => numbers.filter(Number.isFinite)

describe('choosing points', () => {
  it('keeps the least, the greatest, the first and the last, in order', () => {
    fc.assert(
      fc.property(points, columns, ({ x, y }, count) => {
        const places = choosePoints({ x, y }, count)
        expect(places).toEqual(places.toSorted((a, b) => a - b))
        expect(new Set(places).size).toBe(places.length)
        const all = finite([...y])
        const kept = finite(places.map((place) => y[place] ?? 0))
        if (all.length === 0) return
        expect(Math.min(...kept)).toBe(Math.min(...all))
        expect(Math.max(...kept)).toBe(Math.max(...all))
        expect(kept[0]).toBe(all[0])
        expect(kept.at(-1)).toBe(all.at(-1))
      }),
    )
  })

  it('has at most four points and one gap for each column of pixels', () => {
    fc.assert(
      fc.property(points, columns, ({ x, y }, count) => {
        const places = choosePoints({ x, y }, count)
        const gaps = places.filter((place) => !Number.isFinite(y[place]))
        expect(places.length - gaps.length).toBeLessThanOrEqual(4 * count)
        expect(gaps.length).toBeLessThanOrEqual(count)
      }),
    )
  })

  it('keeps a gap wherever a column has one', () => {
    const y = Float64Array.from({ length: 1_000 }, (_, place) => (place === 617 ? Number.NaN : place % 7))
    const x = Float64Array.from(y, (_, place) => place)
    expect(choosePoints({ x, y }, 10)).toContain(617)
  })

  it('keeps all where there are few', () => {
    expect(choosePoints({ x: Float64Array.of(1, 2, 3), y: Float64Array.of(5, 4, 6) }, 100)).toEqual([0, 1, 2])
    expect(choosePoints({ x: new Float64Array(), y: new Float64Array() }, 100)).toEqual([])
  })
})
