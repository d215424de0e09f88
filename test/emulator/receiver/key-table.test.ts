import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeColumn } from '../../../src/emulator/receiver/columns.ts'
import { makeKeyTable } from '../../../src/emulator/receiver/key-table.ts'

it('numbers keys as a Map would', () => {
  const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffffffff }))
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word), { maxLength: 300 }), (keys) => {
      const table = makeKeyTable(3)
      const known = new Map<string, number>()
      for (const key of keys) {
        const number = known.get(key.join()) ?? known.size
        known.set(key.join(), number)
        expect(table.intern(key)).toBe(number)
        expect([0, 1, 2].map((position) => table.word(number, position))).toEqual(key)
      }
      expect(table.size()).toBe(known.size)
    }),
  )
})

it('keeps a hundred thousand keys that differ in one word', () => {
  const table = makeKeyTable(2)
  for (let n = 0; n < 100_000; n += 1) table.intern([7, n])
  for (let n = 0; n < 100_000; n += 997) expect(table.intern([7, n])).toBe(n)
  expect(table.size()).toBe(100_000)
})

it('a column is zero where nothing was set, however far out', () => {
  const column = makeColumn(Uint16Array)
  column.set(50_000, 9)
  expect([0, 49_999, 50_000, 50_001, 10_000_000].map(column.get)).toEqual([0, 0, 9, 0, 0])
})
