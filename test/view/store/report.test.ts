import { expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import { entriesOf, reportHead, reportLimits, runOfEntries } from '../../../src/view/store/report.ts'
import { memoryShelf } from '../../../src/view/store/shelf.ts'
import { createStore } from '../../../src/view/store/store.ts'
import { begin, end, log, span, startMs } from '../tiny-run.ts'

const everything: readonly LogbookEntry[] = [
  begin({ by: 'platform', command: 'taskbeat' }),
  { k: 'status', t: startMs + 10, status: 'RUNNING' },
  { k: 'state', t: startMs + 1_000, percent: 0, name: '' },
  { k: 'finding', id: 'late', severity: 'warning', seen: 's', platform: 'p', remedy: 'r' },
  begin({ t: startMs + 5 }),
  { k: 'state', t: startMs + 900, percent: 0, name: '' },
  { k: 'beat', t: startMs + 2_000 },
  { k: 'moment', t: startMs + 2_100, severity: 'WARN', text: 'look' },
  { k: 'checkpoint', t: startMs + 3_000, name: 'c-1', sizeBytes: 5, startMs: startMs + 2_500 },
  { k: 'series', t: startMs, id: 4, name: 'loss', unit: '1', kind: 'gauge', attributes: { rank: 0 } },
  { k: 'p', t: startMs + 1_500, step: 1, v: { 4: 2 } },
  { k: 'p', t: startMs + 1_600, step: 2, v: { 4: 'NaN' } },
  { k: 'p', t: startMs + 1_700, step: 3, v: { 4: 1 } },
  { k: 'go', t: startMs + 3_000, seconds: 5 },
  span('a', 1_000, 2_000, { attributes: { x: 1 }, error: 'Lost' }),
  log(1_200, '</script><b>', 17),
  log(1_100, 'first'),
  end({ text: 'succeeded' }),
]

const asked = (entries: readonly LogbookEntry[]) => {
  const shelf = memoryShelf()
  const store = createStore({ label: 'x', nowMs: () => startMs + 70_000, shelf })
  let book = 'task'
  for (const entry of entries) {
    if (entry.k === 'begin') book = entry.by
    store.add(entry, book, shelf.put(entry))
  }
  return { store, shelf }
}

const collect = async (entries: AsyncIterable<LogbookEntry>) => {
  const all: LogbookEntry[] = []
  for await (const entry of entries) all.push(entry)
  return all
}

it('a run of the entries of a run is the same', async () => {
  const { store, shelf } = asked(everything)
  const head = reportHead(store, startMs + 70_000)
  const again = await runOfEntries(entriesOf(store, shelf), head)
  expect(await again.overview()).toEqual(await store.data.overview())
  const all = { offset: 0, limit: 100 }
  expect((await again.spans(all)).rows).toEqual((await store.data.spans(all)).rows)
  const texts = async (data: typeof again) => (await data.logs(all)).rows.map(({ t, text }) => [t, text])
  expect(await texts(again)).toEqual(await texts(store.data))
  const query = { series: [0], width: 100, over: 'step' } as const
  expect(await again.curves(query)).toEqual(await store.data.curves(query))
})

it('a report holds errors and the newest lines, failed and the longest spans, and says what it left out', async () => {
  const spans = Array.from({ length: 50 }, (_, id) =>
    span(String(id), id, id + 10 + id, id === 3 ? { error: 'Lost' } : {}),
  )
  const lines = Array.from({ length: 50 }, (_, id) => log(id, `line ${id}`, id === 3 ? 17 : 9))
  const { store, shelf } = asked([begin(), ...spans, ...lines])
  const limits = { ...reportLimits, spans: 4, logs: 3 }
  const entries = await collect(entriesOf(store, shelf, limits))
  expect(entries.flatMap((entry) => (entry.k === 'span' ? entry.id : []))).toEqual(['3', '47', '48', '49'])
  expect(entries.flatMap((entry) => (entry.k === 'log' ? entry.text : []))).toEqual([
    'line 3',
    'line 48',
    'line 49',
  ])
  expect(reportHead(store, startMs, limits).notes).toEqual([
    'The run had not ended when this was made, at 2026-11-20 10:00:00 UTC.',
    'Of 50 spans this has 4: failed ones and the longest.',
    'Of 50 log lines this has 3: errors and the newest.',
  ])
})

it('a report has few points of each curve, with all extremes, and of too many curves those of the training first', async () => {
  const declare = (id: number, name: string): LogbookEntry => ({
    k: 'series',
    t: startMs,
    id,
    name,
    unit: '1',
    kind: 'gauge',
    attributes: {},
  })
  const points = Array.from({ length: 20_000 }, (_, at): LogbookEntry => {
    return { k: 'p', t: startMs + at, v: { 0: 1, 1: at === 7_777 ? 99 : at % 3 } }
  })
  const { store, shelf } = asked([
    declare(0, 'system.cpu.time'),
    declare(1, 'taskbeat.training.loss'),
    ...points,
  ])
  const entries = await collect(entriesOf(store, shelf, { ...reportLimits, points: 400, series: 1 }))
  expect(entries.filter(({ k }) => k === 'series')).toMatchObject([{ name: 'taskbeat.training.loss' }])
  const values = entries.flatMap((entry) => (entry.k === 'p' ? Object.values(entry.v) : []))
  expect(values.length).toBeLessThanOrEqual(400)
  expect(values).toContain(99)
})

it('a report has long lines whole, for whoever opens one', async () => {
  const text = 'x'.repeat(60_000)
  const { store, shelf } = asked([begin(), log(1, 'short'), log(2, text), end()])
  const again = await runOfEntries(entriesOf(store, shelf), reportHead(store, startMs + 70_000))
  const { rows } = await again.logs({ offset: 0, limit: 100, search: 'x' })
  expect(rows.map(({ isCut }) => isCut)).toEqual([true])
  expect((await again.log(rows[0]?.index ?? -1))?.text).toBe(text)
})

it('a report of a run that goes on tells how it was then', async () => {
  const { store, shelf } = asked([begin(), { k: 'state', t: startMs + 69_000, percent: 7, name: '' }])
  const again = await runOfEntries(entriesOf(store, shelf), reportHead(store, startMs + 70_000))
  const { sentence, notes } = await again.overview()
  expect(sentence).toBe('running, 7 %, last sign of life 1 s ago')
  expect(notes).toEqual(['The run had not ended when this was made, at 2026-11-20 10:01:10 UTC.'])
})

it('a report cuts what is very long, and says so there', async () => {
  const long = 'y'.repeat(2 ** 20)
  const told = [begin(), log(1, long), span('a', 0, 1, { name: long, attributes: { [long]: long } }), end()]
  const { store, shelf } = asked(told)
  const rows = (await collect(entriesOf(store, shelf))).slice(-2)
  for (const row of rows) expect(JSON.stringify(row).length).toBeLessThan(70_000)
  expect(JSON.stringify(rows)).toContain('… (the report leaves out 983,040 characters)')
})

it('a report of long lines only has as much as there is room for, and still all of them', async () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => log(index, `${index} ${'z'.repeat(10_000)}`))
  const { store, shelf } = asked([begin(), ...lines, end()])
  const limits = { ...reportLimits, characters: 500_000 }
  const kept = (await collect(entriesOf(store, shelf, limits))).filter(({ k }) => k === 'log')
  expect(kept).toHaveLength(1_000)
  expect(JSON.stringify(kept).length).toBeLessThan(1_500_000)
})

it('a report tells facts in the order in which they were told, also where the clock went back', async () => {
  const { store, shelf } = asked([
    begin(),
    { k: 'state', t: startMs + 3_600_000, percent: 30, name: 'c-1' },
    end({ t: startMs + 3_600_000, outcome: 'failed', text: 'failed' }),
    begin({ t: startMs + 60_000, attempt: 2 }),
    { k: 'state', t: startMs + 61_000, percent: 40, name: 'c-2' },
    { k: 'beat', t: startMs + 65_000 },
  ])
  const head = reportHead(store, startMs + 70_000)
  const again = await (await runOfEntries(entriesOf(store, shelf), head)).overview()
  expect(again).toMatchObject({ state: 'running', percent: 40 })
  expect(again.gaps).toEqual(store.overview().gaps)
})

it('facts of a task whose begin was lost stay its own in a report', async () => {
  const { store, shelf } = asked([begin({ by: 'platform' }), { k: 'status', t: startMs, status: 'RUNNING' }])
  store.add({ k: 'moment', t: startMs + 5, severity: 'WARN', text: 'of the task' }, 'another', 0)
  const entries = await collect(entriesOf(store, shelf))
  expect(entries.findIndex(({ k }) => k === 'moment')).toBeLessThan(
    entries.findIndex(({ k }) => k === 'begin'),
  )
})
