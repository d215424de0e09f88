import { expect, it } from 'vitest'
import { bars, isNoisy, middleOf, pixelsOf } from '../../../../src/view/page/curves/pixels.ts'

const same = { xOf: (x: number) => x, yOf: (y: number) => y, isLog: false }
const pixels = (points: readonly (readonly [number, number])[]) => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
})

it('of a line one point beyond either side is drawn, so that it enters and leaves the picture', () => {
  const line = { x: [0, 1, 2, 3, 3, 4, 5], y: [0, 1, null, 3, 9, 4, 5] }
  const { x, y } = pixelsOf(line, { ...same, shown: { min: 2, max: 3 } })
  expect([...x]).toEqual([1, 2, 3, 3])
  expect([...y]).toEqual([1, Number.NaN, 3, 9])
})

it('0 and less are gaps on a logarithmic scale', () => {
  const line = { x: [0, 1, 2], y: [-1, 0, 2] }
  const { y } = pixelsOf(line, { ...same, isLog: true, shown: { min: 0, max: 2 } })
  expect([...y]).toEqual([Number.NaN, Number.NaN, 2])
})

it.each([
  ['a line that goes up and down in each pixel', 400, (index: number) => (index % 2) * 50, true],
  ['a line that rises', 400, (index: number) => index, false],
  ['few points, however far apart', 50, (index: number) => (index % 2) * 500, false],
])('%s is a band: %#', (_, count, y, isBand) => {
  const line = pixels(Array.from({ length: count }, (_, index) => [(index * 100) / count, y(index)]))
  expect(isNoisy(line)).toBe(isBand)
})

it('a band has a column for each pixel, joined to its neighbours by the line, broken at a gap', () => {
  const line = pixels([
    [0, 5],
    [0.4, 9],
    [1.2, 2],
    [3, 4],
    [4, Number.NaN],
    [5, 7],
  ])
  expect(bars(line, { width: 1, thickness: 2 })).toEqual([
    { x: 0, top: 1, bottom: 10 },
    { x: 1, top: 1, bottom: 10 },
    { x: 2, top: 1.5, bottom: 4.5 },
    { x: 3, top: 2.5, bottom: 5 },
    { x: 5, top: 6, bottom: 8 },
  ])
})

it('columns may be wider than a pixel', () => {
  const line = pixels([
    [0, 5],
    [1, 9],
    [2, 8],
  ])
  expect(bars(line, { width: 2, thickness: 0 })).toEqual([
    { x: 0, top: 5, bottom: 9 },
    { x: 1, top: 8, bottom: 9 },
  ])
})

it('the middle of a band is an average for each few pixels, and keeps gaps', () => {
  const { x, y } = middleOf(
    pixels([
      [0, 1],
      [3, 3],
      [5, 10],
      [6, Number.NaN],
      [7, 20],
    ]),
    4,
  )
  expect([...x]).toEqual([2, 6, 6, 6])
  expect([...y]).toEqual([2, 10, Number.NaN, 20])
})
