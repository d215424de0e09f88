import { expect, it } from 'vitest'
import { rowOfKey } from '../../../../src/view/page/virtual/keys.ts'

const list = { active: 50, first: 45, total: 1_000, perPage: 20 }

it.each([
  { key: 'ArrowDown', row: 51 },
  { key: 'ArrowUp', row: 49 },
  { key: 'PageDown', row: 69 },
  { key: 'PageUp', row: 31 },
  { key: 'Home', row: 0 },
  { key: 'End', row: 999 },
  { key: 'a', row: undefined },
])('$key leads from row 50 to $row', ({ key, row }) => {
  expect(rowOfKey({ ...list, key })).toBe(row)
})

it.each([
  { key: 'ArrowUp', active: 0, row: 0 },
  { key: 'PageUp', active: 3, row: 0 },
  { key: 'ArrowDown', active: 999, row: 999 },
  { key: 'PageDown', active: 995, row: 999 },
])('$key at row $active stays in the list', ({ key, active, row }) => {
  expect(rowOfKey({ ...list, key, active })).toBe(row)
})

it('begins at the first row that is seen', () => {
  expect(rowOfKey({ ...list, key: 'ArrowDown', active: undefined })).toBe(45)
  expect(rowOfKey({ ...list, key: 'PageDown', active: undefined })).toBe(64)
})

it('leads nowhere where there are no rows', () => {
  expect(rowOfKey({ ...list, key: 'End', total: 0 })).toBeUndefined()
})
