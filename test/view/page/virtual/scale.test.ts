import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contentPx,
  isAtEnd,
  mostContentPx,
  placeAt,
  placeOfBar,
  rowsInView,
  topToShow,
} from '../../../../src/view/page/virtual/scale.ts'

const short = { total: 1_000, rowPx: 24, viewPx: 480 }
const long = { total: 1_000_000, rowPx: 24, viewPx: 480 }
const lastTop = ({ total, rowPx, viewPx }: typeof long) => total * rowPx - viewPx

describe('the place in a list', () => {
  it('of one that an element can hold is where the bar stands', () => {
    expect(contentPx(short)).toBe(24_000)
    expect(placeAt(short, 5_000)).toEqual({ topPx: 5_000, barPx: 5_000 })
    expect(placeOfBar(short, { topPx: 0, barPx: 0 }, 12_345)).toEqual({ topPx: 12_345, barPx: 12_345 })
  })

  it('of a longer one is where the bar stands in proportion', () => {
    expect(contentPx(long)).toBe(mostContentPx)
    const half = (mostContentPx - long.viewPx) / 2
    expect(placeOfBar(long, { topPx: 0, barPx: 0 }, half).topPx).toBeCloseTo(lastTop(long) / 2)
    expect(placeAt(long, lastTop(long) / 2).barPx).toBeCloseTo(half)
  })

  it('moves by as many pixels as a wheel does, also in a longer one', () => {
    const before = placeAt(long, 12_000_000)
    const after = placeOfBar(long, before, before.barPx + 120)
    expect(after.topPx).toBe(12_000_120)
    expect(after.barPx).toBe(before.barPx + 120)
  })

  it('is the end when the bar is at its end, and the beginning at its beginning', () => {
    const near = { topPx: lastTop(long) - 5_000, barPx: mostContentPx - long.viewPx - 100 }
    const end = placeOfBar(long, near, mostContentPx - long.viewPx)
    expect(end.topPx).toBe(lastTop(long))
    expect(isAtEnd(long, end.topPx)).toBe(true)
    expect(placeOfBar(long, { topPx: 3_000, barPx: 100 }, 0).topPx).toBe(0)
  })

  it('is the beginning where all rows are in view', () => {
    const few = { total: 3, rowPx: 24, viewPx: 480 }
    expect(placeAt(few, 1_000)).toEqual({ topPx: 0, barPx: 0 })
    expect(placeOfBar(few, { topPx: 0, barPx: 0 }, 50)).toEqual({ topPx: 0, barPx: 0 })
    expect(isAtEnd(few, 0)).toBe(true)
  })

  it('stays in the list whatever the bar does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer({ min: 0, max: 200_000_000 }),
        fc.integer({ min: -100, max: 9_000_000 }),
        (total, viewPx, topPx, barPx) => {
          const extent = { total, rowPx: 24, viewPx }
          const place = placeOfBar(extent, placeAt(extent, topPx), barPx)
          const { first, last } = rowsInView(extent, place.topPx)
          expect(place.topPx).toBeGreaterThanOrEqual(0)
          expect(place.topPx).toBeLessThanOrEqual(Math.max(0, total * 24 - viewPx))
          expect(first).toBeGreaterThanOrEqual(0)
          expect(last).toBeLessThanOrEqual(total)
          expect(last - first).toBeLessThanOrEqual(viewPx / 24 + 2)
        },
      ),
    )
  })

  it('of a bar is what brings the same rows again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 24_000_000 - 480 }), (topPx) => {
        expect(placeAt(long, placeAt(long, topPx).topPx).topPx).toBe(topPx)
      }),
    )
  })
})

describe('the rows in view', () => {
  it.each([
    { topPx: 0, first: 0, last: 20 },
    { topPx: 1, first: 0, last: 21 },
    { topPx: 24, first: 1, last: 21 },
    { topPx: lastTop(long), first: 999_980, last: 1_000_000 },
  ])('from $topPx px are $first to $last', ({ topPx, first, last }) => {
    expect(rowsInView(long, topPx)).toEqual({ first, last })
  })
})

describe('the top edge with which a row is seen', () => {
  it.each([
    { what: 'stays for one that is seen', row: 10, where: 'near' as const, to: 100 },
    { what: 'goes down no further than needed', row: 100, where: 'near' as const, to: 101 * 24 - 480 },
    { what: 'goes up no further than needed', row: 1, where: 'near' as const, to: 24 },
    { what: 'has the row in the middle', row: 100, where: 'middle' as const, to: 100 * 24 + 12 - 240 },
    { what: 'stays in the list', row: 999, where: 'middle' as const, to: 24_000 - 480 },
  ])('$what', ({ row, where, to }) => {
    expect(topToShow(short, 100, row, where)).toBe(to)
  })
})
