import { expect, it } from 'vitest'
import type { BeginEntry } from '../../../../src/logbook/entry.ts'
import type { ShownCheckpoint, ShownSeries } from '../../../../src/view/api.ts'
import { checkpointRows, checkpointSums } from '../../../../src/view/page/compare/checkpoints.ts'
import { compare, comparedLine, timesOfSteps } from '../../../../src/view/page/compare/compared.ts'
import { differencesOf } from '../../../../src/view/page/compare/differences.ts'
import { bestAndLast, meanOverTime } from '../../../../src/view/page/compare/means.ts'
import { seriesToTell } from '../../../../src/view/page/compare/told-series.ts'

const series = (id: number, name: string, other: Partial<ShownSeries> = {}): ShownSeries => ({
  id,
  name,
  unit: '1',
  kind: 'gauge',
  attributes: {},
  group: 'training',
  points: 3,
  last: 1,
  ...other,
})
const gpu = (id: number, index: number, host: string) =>
  series(id, 'hw.temperature', { group: 'gpu', attributes: { host, 'taskbeat.gpu.index': index } })

it('curves of one name belong together, each GPU with its like, whatever the host is called', () => {
  const { charts, lonely } = compare([
    [gpu(1, 0, 'a'), gpu(2, 1, 'a'), series(3, 'taskbeat.training.loss'), series(4, 'accuracy')],
    [series(9, 'taskbeat.training.loss'), gpu(8, 1, 'b'), gpu(7, 0, 'b'), series(6, 'bleu')],
    [series(5, 'taskbeat.training.loss', { attributes: { rank: 3 } })],
  ])
  expect(charts.map(({ title, members }) => [title, members.map(({ run, id }) => `${run}:${id}`)])).toEqual([
    ['loss', ['0:3', '1:9', '2:5']],
    ['temperature, GPU 0', ['0:1', '1:7']],
    ['temperature, GPU 1', ['0:2', '1:8']],
  ])
  expect(lonely).toEqual(['accuracy', 'bleu'])
})

it('different units of one name are not laid over each other', () => {
  const { charts, lonely } = compare([[series(1, 'x', { unit: 's' })], [series(1, 'x', { unit: 'ms' })]])
  expect({ charts, lonely }).toEqual({ charts: [], lonely: ['x'] })
})

const curve = { run: 1, label: 'b', beginMs: 1_000, curve: { id: 4, x: [1_000, 3_000], y: [10, 30] } }

it('lines lie over the time since the begin of their run; counters as rates', () => {
  expect(comparedLine(curve, { over: 'time', isRate: false, smoothing: 0, pixels: 100 })).toEqual({
    key: '1',
    label: 'b',
    style: 1,
    x: [0, 2_000],
    y: [10, 30],
  })
  expect(comparedLine(curve, { over: 'time', isRate: true, smoothing: 0.5, pixels: 100 })).toMatchObject({
    x: [2_000],
    y: [10],
    raw: [10],
  })
  expect(comparedLine(curve, { over: 'step', isRate: false, smoothing: 0, pixels: 100 }).x).toEqual([
    1_000, 3_000,
  ])
})

it.each([
  ['with one point more on either side', { min: 3, max: 4 }, { fromMs: 20, toMs: 50 }],
  ['done again after a restart: both times', { min: 2, max: 2 }, { fromMs: 10, toMs: 30 }],
  ['steps that never were', { min: 90, max: 99 }, undefined],
])('the times of steps: %s', (_, range, expected) => {
  expect(timesOfSteps({ x: [1, 2, 3, 4, 5], t: [10, 20, 30, 40, 50] }, range)).toEqual(expected)
})

const begin = (other: Partial<BeginEntry> = {}): BeginEntry => ({
  k: 'begin',
  t: 0,
  version: 1,
  by: 'task',
  command: 'python',
  limits: { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000 },
  settings: [],
  capturesOutput: true,
  ...other,
})

it('names the settings that differ, one that is missing among them, and counts the others', () => {
  const one = {
    begin: begin({ attempt: 1 }),
    settings: [
      { name: 'dwell', value: '6' },
      { name: 'lr', value: '1' },
    ],
  }
  const other = {
    begin: begin({ attempt: 2 }),
    settings: [
      { name: 'lr', value: '2' },
      { name: 'dwell', value: '6' },
      { name: 'new', value: '' },
    ],
  }
  const { different, same } = differencesOf([one, other])
  expect(different).toEqual([
    { name: 'Attempt', values: ['1', '2'] },
    { name: 'lr', values: ['1', '2'] },
    { name: 'new', values: [undefined, ''] },
  ])
  expect(same).toBe(5)
})

it('a run whose begin is not known differs in what the other tells', () => {
  const { different, same } = differencesOf([
    { begin: begin({ command: 'sh' }), settings: [] },
    { begin: undefined, settings: [] },
  ])
  expect(different[0]).toEqual({ name: 'Command', values: ['sh', undefined] })
  expect(same).toBe(0)
})

it('what differs only as each run has its own stands apart', () => {
  const run = (taskId: string, directory: string, port: number, data: string) => ({
    begin: begin({ taskId, runId: `${taskId}-run` }),
    settings: Object.entries({
      '--keep': directory,
      '--results-dir': `${directory}/task/results`,
      TASKBEAT_TALLY_DIR: `${directory}/task/tallies`,
      NVCT_INSTANCE_ID: `emulated-${taskId.split('-')[0]}`,
      '--traces-endpoint': `http://127.0.0.1:${port}/v1`,
      DATA_DIR: data,
      BACKEND: `http://collector:${port}`,
    }).map(([name, value]) => ({ name, value })),
  })
  const { different, own } = differencesOf([
    run('38ed6035-644b', '/tmp/one', 4_100, '/data/a'),
    run('560e0cec-f670', '/tmp/other', 4_200, '/data/b'),
  ])
  expect(different.map(({ name }) => name)).toEqual(['DATA_DIR', 'BACKEND'])
  expect(own.map(({ name }) => name)).toEqual([
    '--keep',
    '--results-dir',
    'TASKBEAT_TALLY_DIR',
    'NVCT_INSTANCE_ID',
    '--traces-endpoint',
  ])
})

it('a directory that only one run has is a difference', () => {
  const keep = { name: '--keep', value: '/tmp/one' }
  const { different, own } = differencesOf([
    { begin: undefined, settings: [keep] },
    { begin: undefined, settings: [] },
  ])
  expect(different).toEqual([{ name: '--keep', values: ['/tmp/one', undefined] }])
  expect(own).toEqual([])
})

const checkpoint = (name: string, endMs: number, other: Partial<ShownCheckpoint> = {}): ShownCheckpoint => ({
  name,
  endMs,
  sizeBytes: 100,
  ...other,
})

it('checkpoints of one name stand side by side, the earliest after the begin first', () => {
  const [a1, b1, b2] = [checkpoint('one', 1_500), checkpoint('two', 9_100), checkpoint('one', 9_700)]
  expect(
    checkpointRows([
      { beginMs: 1_000, checkpoints: [a1] },
      { beginMs: 9_000, checkpoints: [b1, b2] },
    ]),
  ).toEqual([
    { name: 'two', cells: [undefined, b1] },
    { name: 'one', cells: [a1, b2] },
  ])
})

it.each([
  ['none', [], { count: 0, sizeBytes: 0, meanMs: undefined, longestMs: undefined }],
  [
    'one that is not complete counts for nothing',
    [
      checkpoint('a', 100, { startMs: 60 }),
      checkpoint('b', 300, { startMs: 280 }),
      checkpoint('c', 9, { startMs: 0, fault: 'empty' }),
    ],
    { count: 2, sizeBytes: 200, meanMs: 30, longestMs: 40 },
  ],
  [
    'where only the end is known',
    [checkpoint('a', 100)],
    { count: 1, sizeBytes: 100, meanMs: undefined, longestMs: undefined },
  ],
])('what checkpoints cost: %s', (_, checkpoints, sums) => {
  expect(checkpointSums({ checkpoints })).toEqual(sums)
})

it.each([
  ['each value counts for as long as it held', [0, 10, 11], [4, 4, 26], 5],
  ['gaps count for nothing', [0, 10, 20, 30], [2, 2, null, 50], 2],
  ['points of one time', [5, 5], [1, 3], 2],
  ['nothing', [], [], undefined],
] as const)('a mean over time: %s', (_, x, y, mean) => {
  const got = meanOverTime({ x, y })
  if (mean === undefined) expect(got).toBeUndefined()
  else expect(got).toBeCloseTo(mean, 9)
})

it('best and last are numbers, whatever came after them', () => {
  expect(bestAndLast({ y: [3, 1, 2, null] })).toEqual({ best: 1, last: 2 })
  expect(bestAndLast({ y: [null] })).toEqual({ best: undefined, last: undefined })
})

it.each([
  ['loss', 4],
  ['throughput', 6],
] as const)('the curve that tells of the %s is number %i', (what, id) => {
  const all = [
    series(1, 'eval/loss'),
    series(4, 'taskbeat.training.loss'),
    series(5, 'x.loss', { group: 'other' }),
    series(6, 'samples_per_second'),
  ]
  expect(seriesToTell(all, what)?.id).toBe(id)
  expect(seriesToTell([], what)).toBeUndefined()
})
