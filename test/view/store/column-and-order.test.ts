import fc from 'fast-check'
import { expect, it } from 'vitest'
import { float64Column, uint8Column } from '../../../src/view/store/column.ts'
import { countUp, firstAbove, firstAtLeast, keepOrder, sortRows } from '../../../src/view/store/order.ts'

it('a column gives back what was pushed, over many chunks', () => {
  const column = float64Column()
  for (let index = 0; index < 20_000; index += 1) column.push(index / 3)
  expect(column.length()).toBe(20_000)
  expect([0, 15, 16, 8_191, 8_192, 19_999].map(column.get)).toEqual(
    [0, 15, 16, 8_191, 8_192, 19_999].map((index) => index / 3),
  )
  expect(column.get(20_000)).toBeNaN()
  const some = new Float64Array(10_000)
  column.copyTo(some, 5_000)
  expect(some).toEqual(Float64Array.from(some, (_, index) => (index + 5_000) / 3))
})

it('a column that was cut takes new numbers at its new end', () => {
  const column = uint8Column()
  for (let index = 0; index < 20_000; index += 1) column.push(index % 200)
  column.truncate(9_000)
  column.push(7)
  expect([column.length(), column.get(8_999), column.get(9_000), column.get(9_001)]).toEqual([
    9_001,
    8_999 % 200,
    7,
    Number.NaN,
  ])
  column.truncate(0)
  column.push(1)
  expect([column.length(), column.get(0)]).toEqual([1, 1])
})

it('rows are sorted by a key, equal ones as they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (keys) => {
      const sorted = sortRows(countUp(keys.length), (row) => keys[row] ?? 0)
      expect([...sorted]).toEqual(
        keys.map((_, row) => row).toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0)),
      )
    }),
  )
})

it('an order that is kept follows its column as that grows', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 50 })), { maxLength: 8 }), (batches) => {
      const column = float64Column()
      const kept = keepOrder(column)
      for (const batch of batches) {
        for (const number of batch) column.push(number)
        const order = kept.get()
        const sorted = Array.from({ length: order.length }, (_, place) => column.get(order.at(place)))
        expect(sorted).toEqual(
          batches
            .slice(0, batches.indexOf(batch) + 1)
            .flat()
            .toSorted((a, b) => a - b),
        )
      }
    }),
  )
})

it('places are found by a key', () => {
  const keys = [1, 3, 3, 5]
  const order = { length: keys.length, at: (place: number) => place, rows: undefined }
  const key = (row: number) => keys[row] ?? 0
  expect([0, 1, 3, 4, 6].map((value) => firstAtLeast(order, key, value))).toEqual([0, 0, 1, 3, 4])
  expect([0, 1, 3, 4, 6].map((value) => firstAbove(order, key, value))).toEqual([0, 1, 3, 3, 4])
})
