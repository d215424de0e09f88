import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import type { LogsQuery } from '../../../src/view/api.ts'
import { createLogTable, severityClass } from '../../../src/view/store/log-table.ts'
import type { Shelf } from '../../../src/view/store/shelf.ts'
import { begin, log, startMs, storeOf } from '../tiny-run.ts'

const all = { offset: 0, limit: 500 }

const lines = [
  begin(),
  log(100, 'one INFO'),
  log(300, 'three warns', 13),
  log(200, 'two, late', 9),
  log(400, '<b>four</b> fails', 17),
  log(500, 'five', 0),
]

describe('log lines', () => {
  it.each<[string, Partial<LogsQuery>, readonly string[]]>([
    ['all, by time', {}, ['one INFO', 'two, late', 'three warns', '<b>four</b> fails', 'five']],
    ['a page', { offset: 1, limit: 2 }, ['two, late', 'three warns']],
    ['beyond the end', { offset: 9 }, []],
    ['warnings and worse', { minSeverity: 4 }, ['three warns', '<b>four</b> fails']],
    ['words', { search: 'info' }, ['one INFO']],
    ['words that none has', { search: 'nowhere' }, []],
    ['words among errors', { search: 'a', minSeverity: 5 }, ['<b>four</b> fails']],
    ['a span of time', { fromMs: startMs + 200, toMs: startMs + 300 }, ['two, late', 'three warns']],
    ['a span of time among warnings', { fromMs: startMs + 301, minSeverity: 4 }, ['<b>four</b> fails']],
  ])('can be asked for: %s', async (_, query, texts) => {
    const { rows, isComplete, total } = await storeOf(lines).data.logs({ ...all, ...query })
    expect(rows.map(({ text }) => text)).toEqual(texts)
    expect(isComplete).toBe(true)
    if (query.offset === undefined) expect(total).toBe(texts.length)
  })

  it('before a time are counted, with the same query', async () => {
    const { data } = storeOf(lines)
    expect(await data.logsBefore({}, startMs + 300)).toBe(2)
    expect(await data.logsBefore({ minSeverity: 4 }, startMs + 400)).toBe(1)
    expect(await data.logsBefore({ fromMs: startMs + 200 }, startMs + 300)).toBe(1)
    expect(await data.logsBefore({ fromMs: startMs + 200 }, startMs)).toBe(0)
  })

  it('that come later are found by a question that was asked before', async () => {
    const { data, store } = storeOf(lines)
    const query = { ...all, minSeverity: 5 }
    expect((await data.logs(query)).total).toBe(1)
    store.addLog({ t: startMs + 600, severity: 21, place: 1 })
    expect((await data.logs(query)).total).toBe(2)
    store.addLog({ t: startMs + 50, severity: 21, place: 1 })
    expect((await data.logs(query)).rows.map(({ t }) => t - startMs)).toEqual([50, 400, 600])
  })

  it('are counted by severity', async () => {
    expect((await storeOf(lines).data.overview()).logCounts).toEqual([1, 0, 0, 2, 1, 1, 0])
    expect([0, 1, 4, 5, 8, 9, 16, 17, 21, 24, 25, -1, Number.NaN].map(severityClass)).toEqual([
      0, 1, 1, 2, 2, 3, 4, 5, 6, 6, 0, 0, 0,
    ])
  })
})

describe('a long line', () => {
  const much = { key: 'v'.repeat(4_094) }
  it.each([
    { of: 'as long as a list has it', text: 'x'.repeat(4_096), listed: 'x'.repeat(4_096) },
    { of: 'one longer', text: 'x'.repeat(4_097), listed: 'x'.repeat(4_096), isCut: true },
    { of: 'of a megabyte', text: 'x'.repeat(2 ** 20), listed: 'x'.repeat(4_096), isCut: true },
    {
      of: 'with a pair of surrogates at the cut',
      text: `${'x'.repeat(4_095)}🚀🚀`,
      listed: 'x'.repeat(4_095),
      isCut: true,
    },
    {
      of: 'with a pair before the cut',
      text: `${'x'.repeat(4_094)}🚀🚀`,
      listed: `${'x'.repeat(4_094)}🚀`,
      isCut: true,
    },
    { of: 'with few attributes', text: 'x', listed: 'x', attributes: { a: 1, b: true } },
    { of: 'with long attributes', text: 'x', listed: 'x', attributes: much, isCut: true },
  ])('$of is cut in a list, and whole on its own', async ({ text, listed, attributes, isCut }) => {
    const entry: LogbookEntry = { k: 'log', t: startMs, severity: 9, text, ...(attributes && { attributes }) }
    const { data } = storeOf([begin(), entry])
    const { rows } = await data.logs(all)
    expect(rows).toEqual([
      {
        ...{ index: 0, t: startMs, severity: 3, text: listed },
        ...(attributes && attributes !== much && { attributes }),
        ...(isCut && { isCut }),
      },
    ])
    expect(await data.log(0)).toEqual({
      ...{ index: 0, t: startMs, severity: 3, text },
      ...(attributes && { attributes }),
    })
  })

  it('is asked for by its number in the run, which a filter does not change', async () => {
    const { data } = storeOf(lines)
    const { rows } = await data.logs({ ...all, minSeverity: 4 })
    expect(rows).not.toHaveLength(0)
    for (const row of rows) expect(await data.log(row.index)).toEqual(row)
    expect(await data.log(lines.length)).toBeUndefined()
    expect(await data.log(-1)).toBeUndefined()
  })
})

describe('a search that takes its time', () => {
  it('answers with what it has, and says that it goes on', async () => {
    const gate = Promise.withResolvers<void>()
    const slow: Shelf = {
      read: async (places, as) =>
        places.map((place) => as({ k: 'log', t: place, severity: 9, text: `line ${place}` })),
      match: async (places) => {
        if ((places[0] ?? 0) > 0) await gate.promise
        return new Uint8Array(places.length).fill(1)
      },
    }
    const table = createLogTable(slow)
    for (let place = 0; place < 20_000; place += 1) table.add({ t: place, severity: 9, place })
    const first = await table.rows({ offset: 0, limit: 1, search: 'line' })
    expect(first.isComplete).toBe(false)
    expect(first.total).toBeGreaterThan(0)
    expect(first.total).toBeLessThan(20_000)
    gate.resolve()
    let last = first
    while (!last.isComplete) last = await table.rows({ offset: 0, limit: 1, search: 'line' })
    expect(last.total).toBe(20_000)
  })

  it('forgets lines whose file is gone', async () => {
    const { store, data } = storeOf(lines)
    store.logs.forgetPlaces(1, 3)
    const { rows } = await data.logs(all)
    expect(rows.map(({ text }) => text)).toEqual(['two, late', '<b>four</b> fails', 'five'])
    expect((await data.overview()).logCounts).toEqual([1, 0, 0, 1, 0, 1, 0])
  })
})

it('the best lines are errors, then the newest', () => {
  const { store } = storeOf(lines)
  expect(store.logs.best(3)).toEqual([2, 4, 5])
  expect(store.logs.best(99)).toEqual([1, 3, 2, 4, 5])
})
