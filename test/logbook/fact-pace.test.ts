import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../src/logbook/entry.ts'
import { createFactPace } from '../../src/logbook/fact-pace.ts'

/** What is told of facts, each with its second. */
const told = (seconds: readonly number[], entry: (t: number) => LogbookEntry, isTight = false) => {
  let nowMs = 0
  const pace = createFactPace({ monotonicMs: () => nowMs }, () => isTight)
  return seconds.flatMap((second) => {
    nowMs = second * 1_000
    return pace(entry(second)).map((one) => ('t' in one ? one.t : undefined))
  })
}
const count = (last: number, step: number) =>
  Array.from({ length: last / step + 1 }, (_, index) => index * step)

const beat = (t: number): LogbookEntry => ({ k: 'beat', t })
const go = (t: number): LogbookEntry => ({ k: 'go', t, seconds: 1 })
const delivery = (t: number): LogbookEntry => ({ k: 'delivery', t, routes: [] })

describe('beats', () => {
  it('are all told as long as there is room', () => {
    expect(told(count(100, 1), beat)).toHaveLength(101)
  })

  it('are told each 80 seconds where there is little', () => {
    expect(told(count(400, 1), beat, true)).toEqual([0, 80, 160, 240, 320, 400])
  })

  it('leave every gap as long as it was', () => {
    expect(told([0, 30, 60, 600, 601, 690], beat, true)).toEqual([0, 60, 600, 690])
  })
})

it('the time to go is told each five seconds, and less often in a long run', () => {
  expect(told(count(20, 1), go)).toEqual([0, 5, 10, 15, 20])
  expect(told(count(30 * 86_400, 60), go).length).toBeLessThan(8_000)
})

it('the delivery of a long run is told some thousand times', () => {
  const times = told(count(30 * 86_400, 10), delivery)
  expect(times.length).toBeGreaterThan(1_000)
  expect(times.length).toBeLessThan(5_000)
})

it('what was left out is told before the end', () => {
  let nowMs = 0
  const pace = createFactPace({ monotonicMs: () => nowMs }, () => false)
  const entries: LogbookEntry[] = [delivery(0), delivery(1), { k: 'state', t: 2, percent: 1, name: '' }]
  const end: LogbookEntry = { k: 'end', t: 3, text: '', outcome: 'failed', exitStatus: 1, errorLines: [] }
  const all = [...entries, end].flatMap((entry) => {
    nowMs += 1_000
    return pace(entry)
  })
  expect(all.map(({ k, t }) => `${k} ${t}`)).toEqual(['delivery 0', 'state 2', 'delivery 1', 'end 3'])
})
