import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import { parseEntry } from '../../../src/view/store/check-entry.ts'
import { begin, log, span, startMs, storeOf } from '../tiny-run.ts'

const dayMs = 86_400_000
const progress = (id: number): LogbookEntry => ({
  ...{ k: 'series', t: startMs, id, name: 'taskbeat.progress.percent', unit: '%', kind: 'gauge' },
  attributes: {},
})

describe('a line', () => {
  it.each([
    ['a time that no date can be', { k: 'beat', t: 9e15 }, undefined],
    ['a time with no room for what is added to it', { k: 'beat', t: 8.64e15 }, undefined],
    ['a time before 1970', { k: 'beat', t: -1 }, undefined],
    ['a span that ends at no time', { k: 'span', t: 5, endMs: 1e300, id: 'a', name: 'b' }, { endMs: 5 }],
    ['a percent beyond 100', { k: 'state', t: 5, percent: 900, name: '' }, { percent: 100 }],
    ['a negative percent', { k: 'state', t: 5, percent: -3, name: '' }, { percent: 0 }],
    ['a limit that is no duration', { k: 'begin', t: 5, version: 1, limits: { staleAfterMs: 1e300 } }, {}],
    [
      'a series with a name of a megabyte',
      { k: 'series', t: 5, id: 1, name: 'x'.repeat(2 ** 20) },
      undefined,
    ],
  ])('with %s', (_, told, expected) => {
    const entry = parseEntry(JSON.stringify(told))
    if (expected === undefined) expect(entry).toBeUndefined()
    else expect(entry).toMatchObject(expected)
    if (entry?.k === 'begin') expect(entry.limits.staleAfterMs).toBe(300_000)
  })

  it('with a step that nothing can be drawn over has none', () => {
    expect(parseEntry('{"k":"p","t":5,"step":1e300,"v":{"1":2}}')).toEqual({ k: 'p', t: 5, v: { 1: 2 } })
  })

  it('of a fact has texts that can be sent again and again', () => {
    const entry = parseEntry(JSON.stringify({ k: 'moment', t: 5, text: 'x'.repeat(2 ** 20) }))
    expect(JSON.stringify(entry).length).toBeLessThan(5_000)
  })
})

describe('what is told of other times', () => {
  it.each([
    ['in seconds instead of milliseconds', startMs / 1_000],
    ['in the far future', startMs + 400 * dayMs],
  ])('%s does not stretch the time of the run', async (_, t) => {
    const { data } = storeOf([begin(), { ...log(0, 'odd'), t }, log(50_000, 'ours')])
    const { range, logCounts } = await data.overview()
    expect(range).toEqual({ fromMs: startMs, toMs: startMs + 60_000 })
    expect(logCounts[3]).toBe(2)
  })

  it('is no sign of life: the run has vanished', async () => {
    const { data } = storeOf([begin(), log(20_000_000, 'fast clock')], startMs + 10_000_000)
    expect((await data.overview()).state).toBe('vanished')
  })
})

describe('after a restart', () => {
  it('the percent is what the new attempt says', async () => {
    const { data } = storeOf([
      begin(),
      progress(1),
      { k: 'p', t: startMs + 1_000, v: { 1: 47 } },
      begin({ t: startMs + 50_000 }),
      { k: 'state', t: startMs + 50_001, percent: 40, name: 'c' },
    ])
    expect((await data.overview()).percent).toBe(40)
  })

  it('curves of the same name take no room of others, however often it was', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `curve.${index}`)
    const { data } = storeOf(
      Array.from({ length: 60 }, (_, attempt) =>
        names.flatMap((name, index): readonly LogbookEntry[] => {
          const [id, t] = [attempt * 100 + index, startMs + attempt]
          return [
            { k: 'series', t, id, name, unit: '1', kind: 'gauge', attributes: {} },
            { k: 'p', t, v: { [id]: attempt } },
          ]
        }),
      ).flat(),
    )
    const { series } = await data.overview()
    expect(series.map(({ points, last }) => [points, last])).toEqual(names.map(() => [60, 59]))
  })
})

describe('spans', () => {
  it('with a name of a megabyte are listed by its beginning, and have it whole in their details', async () => {
    const name = 'n'.repeat(2 ** 20)
    const { data } = storeOf([span('a', 0, 1, { name })])
    const { rows } = await data.spans({ offset: 0, limit: 10 })
    expect(rows.map((row) => row.name.length)).toEqual([256])
    expect((await data.span(0))?.name).toBe(name)
  })

  it('keep their names, sources and parents when others go', async () => {
    const { store, data } = storeOf([
      span('a', 0, 1, { source: 'x' }),
      span('b', 1, 9, { source: 'rank 1' }),
      span('c', 2, 3, { parent: 'b', name: 'child' }),
    ])
    store.spans.forgetPlaces(0, 1)
    const { rows } = await data.spans({ offset: 0, limit: 10 })
    expect(rows).toMatchObject([
      { name: 'span b', source: 'rank 1', depth: 0 },
      { name: 'child', depth: 1 },
    ])
    expect(rows[1]).not.toHaveProperty('source')
  })

  it('that are their own ancestors, or a hundred thousand deep, all have a row', async () => {
    const chain = Array.from({ length: 100_000 }, (_, index) =>
      span(`s${index}`, index, 200_000, index > 0 ? { parent: `s${index - 1}` } : {}),
    )
    const { data } = storeOf([...chain, span('x', 0, 1, { parent: 'y' }), span('y', 0, 1, { parent: 'x' })])
    expect((await data.spans({ offset: 99_999, limit: 10 })).total).toBe(100_002)
  })
})
