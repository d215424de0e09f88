import { expect, it } from 'vitest'
import { limitsOf } from '../../../src/view/page/limits.ts'

const now = 1_000_000_000
const minute = 60_000
const limits = { staleAfterMs: 5 * minute, documentedStaleAfterMs: 3 * minute, maxRunTimeMs: 480 * minute }
const running = { staleAtMs: undefined, maxRunEndsAtMs: undefined, limits, endedMs: undefined }

it.each([
  { left: 4.2, text: 'Taken for dead in 4 min 12 s if nothing comes.', isNear: false },
  { left: 1.5, text: 'Taken for dead in 1 min 30 s if nothing comes.', isNear: true },
  { left: -1, text: 'No sign of life for longer than the platform waits, by 1 min.', isNear: true },
])('$left minutes before it is stale: $text', ({ left, text, isNear }) => {
  expect(limitsOf({ ...running, staleAtMs: now + left * minute }, now)).toEqual([{ text, isNear }])
})

it.each([
  { left: 185, text: 'Run time ends in 3 h 5 min.', isNear: false },
  { left: 40, text: 'Run time ends in 40 min.', isNear: true },
  { left: -2, text: 'Run time ended 2 min ago.', isNear: true },
])('$left minutes before the run time ends: $text', ({ left, text, isNear }) => {
  expect(limitsOf({ ...running, maxRunEndsAtMs: now + left * minute }, now)).toEqual([{ text, isNear }])
})

it('of a run that has ended it says what the limits were', () => {
  const texts = limitsOf({ ...running, endedMs: now }, now + 10 * minute).map(({ text }) => text)
  expect(texts).toEqual([
    'The platform takes a task for dead after 5 min without a sign of life; its documentation says 3 min.',
    'The run time was limited to 8 h.',
  ])
})

it('it says nothing of what is not known', () => {
  expect(limitsOf({ ...running, limits: undefined }, now)).toEqual([])
  expect(limitsOf({ ...running, limits: undefined, endedMs: now }, now)).toEqual([])
})
