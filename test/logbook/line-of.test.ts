import { expect, it } from 'vitest'
import type { LogbookEntry } from '../../src/logbook/entry.ts'
import { lineOf } from '../../src/logbook/line-of.ts'

const parse = (text = ''): unknown => JSON.parse(text)

it('a line is as long as it says, in bytes', () => {
  const entry: LogbookEntry = { k: 'log', t: 1, severity: 9, text: 'Zürich → 東京' }
  const line = lineOf(entry, 1_000)
  expect(parse(line?.text)).toEqual(entry)
  expect(line?.bytes).toBe(Buffer.byteLength(line?.text ?? ''))
})

const long = '\u0000'.repeat(100_000)
it.each<[string, LogbookEntry]>([
  ['a log line', { k: 'log', t: 1, severity: 9, text: long, attributes: { long } }],
  ['a moment', { k: 'moment', t: 1, severity: 'INFO', text: long }],
  ['a span', { k: 'span', t: 1, endMs: 2, id: '1', name: long, attributes: { long }, error: long }],
  [
    'an end',
    {
      ...{ k: 'end', t: 1, text: long, outcome: 'failed', exitStatus: 1 },
      errorLines: Array.from({ length: 20 }, () => long),
    },
  ],
])('%s that is too long is cut', (_, entry) => {
  for (const most of [16_384, 1_048_576]) {
    const line = lineOf(entry, most)
    expect(line?.bytes).toBeLessThanOrEqual(most)
    expect(parse(line?.text)).toMatchObject({ k: entry.k, t: 1 })
  }
})

it('points are as many as fit, or none', () => {
  const v = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [index, index / 3]))
  expect(lineOf({ k: 'p', t: 1, v }, 100_000)?.bytes).toBeGreaterThan(30_000)
  expect(lineOf({ k: 'p', t: 1, v }, 10_000)).toBeUndefined()
})
