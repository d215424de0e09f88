import { expect, it } from 'vitest'
import { parseTime } from '../../../src/bridge/convert/time.ts'

it.each([
  ['2024-10-22T10:30:00Z', '2024-10-22T10:30:00.000Z'],
  ['2024-10-22T10:30:00.123456+00:00', '2024-10-22T10:30:00.123Z'],
  ['2024-10-22T10:30:00.123456', '2024-10-22T10:30:00.123Z'],
  ['2024-10-22 10:30:00.5', '2024-10-22T10:30:00.500Z'],
  ['2024-10-22 10:30:00 UTC', '2024-10-22T10:30:00.000Z'],
  ['2024-10-22T10:30:00.123456789-07:00', '2024-10-22T17:30:00.123Z'],
  ['2024-10-22T10:30:00+0530', '2024-10-22T05:00:00.000Z'],
  ['2024-10-22T10:30+02', '2024-10-22T08:30:00.000Z'],
  ['2024-10-22t10:30:00z', '2024-10-22T10:30:00.000Z'],
  [1_729_593_000, '2024-10-22T10:30:00.000Z'],
  [1_729_593_000.25, '2024-10-22T10:30:00.250Z'],
  [1_729_593_000_123, '2024-10-22T10:30:00.123Z'],
])('%s is %s', (value, time) => {
  expect(new Date(parseTime(value) ?? Number.NaN).toISOString()).toBe(time)
})

it.each([
  ['', undefined],
  ['now', undefined],
  ['2024-13-01T00:00:00Z', undefined],
  ['2024-02-30T00:00:00Z', undefined],
  ['2024-10-22T25:00:00Z', undefined],
  ['2024-10-22', undefined],
  [-1, undefined],
  [0, undefined],
  [1e15, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [null, undefined],
  [undefined, undefined],
  [true, undefined],
])('%s is no time', (value, none) => {
  expect(parseTime(value)).toBe(none)
})
