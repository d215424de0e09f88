import { expect, it } from 'vitest'
import { backoffMs } from '../../src/delivery/backoff.ts'

it.each([
  [1, 300, 500],
  [2, 480, 800],
  [3, 768, 1_280],
  [6, 2_400, 4_000],
  [1_000, 2_400, 4_000],
])(
  'after %i failures in a row the pause is from %i to %i ms, so that five seconds are never reached',
  (failures, least, most) => {
    expect(backoffMs(failures, 0)).toBeCloseTo(least)
    expect(backoffMs(failures, 1)).toBeCloseTo(most)
  },
)
