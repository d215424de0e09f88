import { describe, expect, it } from 'vitest'
import type { BeginEntry, EndEntry } from '../../../src/logbook/entry.ts'
import { type StateFacts, stateOf } from '../../../src/view/store/state.ts'
import { aboutText } from '../../../src/view/store/words.ts'

const begin: BeginEntry = {
  k: 'begin',
  t: 0,
  version: 1,
  by: 'task',
  command: 'python',
  limits: { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000 },
  settings: [],
  capturesOutput: true,
}
const end: EndEntry = {
  k: 'end',
  t: 9,
  text: 'failed with 3',
  outcome: 'failed',
  exitStatus: 3,
  errorLines: [],
}
const attempt = { begin, firstSignMs: 1_000, lastSignMs: 1_000, end: undefined }
const facts: StateFacts = {
  attempt,
  end: undefined,
  percent: 43,
  timeToGoSeconds: 720,
  lastMs: 1_000,
  nowMs: 9_000,
  isKnownToRun: false,
}

describe('the state in one sentence', () => {
  it.each<[string, Partial<StateFacts>, string, string]>([
    ['runs', {}, 'running', 'running, 43 %, about 12 min to go, last sign of life 8 s ago'],
    [
      'says little',
      { percent: undefined, timeToGoSeconds: undefined },
      'running',
      'running, last sign of life 8 s ago',
    ],
    [
      'has told nothing',
      { attempt: undefined, lastMs: undefined },
      'waiting',
      'waiting for the run to begin',
    ],
    [
      'has begun only',
      { attempt: { ...attempt, lastSignMs: undefined }, lastMs: 0 },
      'waiting',
      'waiting for the first sign of life since 9 s',
    ],
    [
      'is late',
      { nowMs: 201_000 },
      'stale',
      'no sign of life for 3 min 20 s; it should give one every 3 min',
    ],
    [
      'is silent and known to live',
      { nowMs: 401_000, isKnownToRun: true },
      'stale',
      'no sign of life for 7 min; the platform takes it for dead after 5 min',
    ],
    [
      'still logs',
      { nowMs: 401_000, lastMs: 400_000 },
      'stale',
      'no sign of life for 7 min; the platform takes it for dead after 5 min',
    ],
    ['is gone', { nowMs: 401_000 }, 'vanished', 'has given no sign of life since 1970-01-01 00:00:01 UTC'],
    ['has ended', { end }, 'failed', 'failed with 3'],
  ])('of one that %s', (_, changed, state, sentence) => {
    expect(stateOf({ ...facts, ...changed })).toEqual({ state, sentence })
  })
})

it.each([
  [0, '0 s'],
  [8.4, '8 s'],
  [90, '1 min 30 s'],
  [719, '12 min'],
  [11_100, '3 h 5 min'],
  [200_000, '2 d 7 h'],
])('%d seconds are about %s', (seconds, words) => {
  expect(aboutText(seconds)).toBe(words)
})
