import { expect, it } from 'vitest'
import {
  advanceCounter,
  type CounterReading,
  type CounterState,
} from '../../../src/bridge/convert/counter.ts'

const count = (readings: readonly CounterReading[]) =>
  readings.reduce<CounterState | undefined>(
    (before, reading, index) => advanceCounter(before, reading, { startMs: 0, lastMs: index }),
    undefined,
  )

it.each<[string, readonly CounterReading[], { readonly total: number; readonly startMs: number }]>([
  ['a position', [{ position: 3 }, { position: 8 }], { total: 8, startMs: 0 }],
  ['a position that falls', [{ position: 3 }, { position: 1 }], { total: 1, startMs: 1 }],
  [
    'an epoch that falls',
    [
      { position: 3, epoch: 2 },
      { position: 9, epoch: 1 },
    ],
    { total: 9, startMs: 1 },
  ],
  [
    'a size that the document says, and later says otherwise',
    [
      { position: 5, epoch: 3, size: 100 },
      { position: 6, epoch: 3, size: 50 },
    ],
    { total: 205, startMs: 0 },
  ],
  [
    'a size that is too small',
    [
      { position: 5, epoch: 1, size: 4 },
      { position: 1, epoch: 2, size: 4 },
    ],
    { total: 6, startMs: 0 },
  ],
])('%s', (_, readings, expected) => {
  expect(count(readings)).toMatchObject(expected)
})
