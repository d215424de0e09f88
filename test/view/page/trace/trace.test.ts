import { describe, expect, it } from 'vitest'
import type { SpanRow } from '../../../../src/view/api.ts'
import { barOf } from '../../../../src/view/page/trace/bar.ts'
import { spanAt } from '../../../../src/view/page/trace/span-at.ts'
import { colourOfSource, spanDuration } from '../../../../src/view/page/trace/span-words.ts'

const shown = { fromMs: 1_000, toMs: 2_000 }

describe('the bar of a span', () => {
  it.each([
    { what: 'within', startMs: 1_100, endMs: 1_300, left: 10, width: 20, before: false, after: false },
    { what: 'that is all', startMs: 1_000, endMs: 2_000, left: 0, width: 100, before: false, after: false },
    { what: 'from before', startMs: 0, endMs: 1_500, left: 0, width: 50, before: true, after: false },
    { what: 'to after', startMs: 1_500, endMs: 9_000, left: 50, width: 50, before: false, after: true },
    { what: 'around', startMs: 0, endMs: 9_000, left: 0, width: 100, before: true, after: true },
    { what: 'of no length', startMs: 1_250, endMs: 1_250, left: 25, width: 0, before: false, after: false },
  ])('$what', ({ startMs, endMs, left, width, before, after }) => {
    expect(barOf(shown, { startMs, endMs })).toEqual({
      left,
      width,
      beginsBefore: before,
      endsAfter: after,
    })
  })

  it('has finite edges also where nothing is shown', () => {
    const { left, width } = barOf({ fromMs: 5, toMs: 5 }, { startMs: 5, endMs: 5 })
    expect([left, width]).toEqual([0, 0])
  })
})

describe('how long a span took', () => {
  it.each([
    [0, '0 ms'],
    [0.00031, '0.31 µs'],
    [0.31, '310 µs'],
    [4.5612, '4.56 ms'],
    [45.61, '45.6 ms'],
    [456.1, '456 ms'],
    [999.6, '1 s'],
    [1_234, '1.23 s'],
    [12_345, '12.3 s'],
    [125_000, '2 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [-3, '0 ms'],
    [Number.NaN, '?'],
  ])('%d ms is %s', (durationMs, words) => {
    expect(spanDuration(durationMs)).toBe(words)
  })
})

describe('the colour of a source', () => {
  it('is the same again, and another one for each of the first seven', () => {
    const sources = new Map<string, number>()
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const colours = names.map((name) => colourOfSource(sources, name))
    expect(new Set([...colours, colourOfSource(sources, undefined)]).size).toBe(8)
    expect(names.map((name) => colourOfSource(sources, name))).toEqual(colours)
  })
})

describe('the span at a moment', () => {
  const span = (index: number, startMs: number, endMs: number, depth: number): SpanRow => ({
    index,
    name: `span ${index}`,
    startMs,
    endMs,
    depth,
    hasFailed: false,
  })
  const dataOf = (rows: readonly SpanRow[]) => ({ spans: async () => ({ total: rows.length, rows }) })

  it('is the innermost one that covers it', async () => {
    const rows = [span(0, 0, 100, 0), span(1, 10, 50, 1), span(2, 10, 15, 2), span(3, 30, 40, 2)]
    expect(await spanAt(dataOf(rows), 35)).toBe(3)
    expect(await spanAt(dataOf(rows), 20)).toBe(1)
  })

  it('is none where none covers it', async () => {
    expect(await spanAt(dataOf([span(0, 0, 10, 0)]), 500)).toBeUndefined()
    expect(await spanAt(dataOf([]), 500)).toBeUndefined()
  })
})
