import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startEmulation } from '../../../src/emulator/index.ts'
import type { JsonObject } from '../../../src/json.ts'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import { openRuns } from '../../../src/view/reading/open-runs.ts'
import { createOtlpReader } from '../../../src/view/reading/otlp-entries.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import { begin, log, span, startMs } from '../tiny-run.ts'

const all = { offset: 0, limit: 500 }
const nanoseconds = (atMs: number) => `${startMs + atMs}000000`
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })

const resource = (service: string, pid: number) => ({
  attributes: [attribute('service.name', service), { key: 'process.pid', value: { intValue: String(pid) } }],
})

const metrics = (service: string, pid: number, metric: JsonObject): JsonObject => ({
  resourceMetrics: [
    { resource: resource(service, pid), scopeMetrics: [{ scope: { name: 'taskbeat' }, metrics: [metric] }] },
  ],
})
const spans = (service: string, pid: number, ...items: readonly JsonObject[]): JsonObject => ({
  resourceSpans: [{ resource: resource(service, pid), scopeSpans: [{ scope: { name: 'x' }, spans: items }] }],
})
const logs = (service: string, pid: number, ...items: readonly JsonObject[]): JsonObject => ({
  resourceLogs: [
    { resource: resource(service, pid), scopeLogs: [{ scope: { name: 'x' }, logRecords: items }] },
  ],
})

describe('OTLP as entries', () => {
  const points = (...requests: readonly JsonObject[]) => {
    const { entries } = createOtlpReader((key) => key.includes('known'))
    return requests.flatMap((request) => entries('metrics', request))
  }
  const at = (timeMs: number, value: JsonObject): JsonObject => ({
    timeUnixNano: nanoseconds(timeMs),
    ...value,
  })

  it('has the points of gauges and counters, and what deltas add up to', () => {
    const sum = (temporality: number, ...dataPoints: readonly JsonObject[]) => ({
      name: 'steps',
      unit: '{step}',
      sum: { aggregationTemporality: temporality, isMonotonic: true, dataPoints },
    })
    const gauge = {
      name: 'loss',
      unit: '1',
      gauge: { dataPoints: [at(1, { asDouble: 'NaN' }), at(2, { asInt: '7' })] },
    }
    expect(points(metrics('a', 1, gauge))).toMatchObject([
      { k: 'series', id: 0, name: 'loss', kind: 'gauge', attributes: {} },
      { k: 'p', t: startMs + 1, v: { 0: 'NaN' } },
      { k: 'p', t: startMs + 2, v: { 0: 7 } },
    ])
    const delta = points(metrics('a', 1, sum(1, at(1, { asInt: '2' }), at(2, { asInt: '3' }))))
    expect(delta).toMatchObject([{ kind: 'counter', unit: '{step}' }, { v: { 0: 2 } }, { v: { 0: 5 } }])
    const cumulative = points(metrics('a', 1, sum(2, at(1, { asInt: '2' }), at(2, { asInt: '3' }))))
    expect(cumulative).toMatchObject([{}, { v: { 0: 2 } }, { v: { 0: 3 } }])
  })

  it('has the mean of what a distribution got since the point before, its count and its sum', () => {
    const request = (timeMs: number, count: string, sum: number) =>
      metrics('a', 1, {
        name: 'save',
        unit: 's',
        histogram: { aggregationTemporality: 2, dataPoints: [at(timeMs, { count, sum })] },
      })
    const entries = points(request(1, '2', 6), request(2, '3', 16), request(3, '3', 16))
    expect(entries.flatMap((entry) => (entry?.k === 'series' ? [[entry.name, entry.unit]] : []))).toEqual([
      ['save.mean', 's'],
      ['save.count', '1'],
      ['save.sum', 's'],
    ])
    expect(entries.flatMap((entry) => (entry?.k === 'p' ? [entry.v] : []))).toEqual([
      { 0: 3 },
      { 1: 2 },
      { 2: 6 },
      { 0: 10 },
      { 1: 3 },
      { 2: 16 },
      { 1: 3 },
      { 2: 16 },
    ])
  })

  it('tells apart who sends, and leaves out what is known, ended, or of no time', () => {
    const gauge = (name: string, ...dataPoints: readonly JsonObject[]) => ({ name, gauge: { dataPoints } })
    const one = gauge('x', at(1, { asInt: '1' }))
    const requests = [metrics('a', 1, one), metrics('b', 2, one), metrics('a', 3, one), metrics('a', 1, one)]
    const series = points(...requests).filter((entry) => entry?.k === 'series')
    expect(series).toMatchObject([
      { attributes: {} },
      { attributes: { source: 'b' } },
      { attributes: { source: 'a 2' } },
    ])
    expect(points(metrics('a', 1, gauge('known', at(1, { asInt: '1' }))))).toEqual([])
    expect(points(metrics('a', 1, gauge('x', at(1, { flags: 1 }), { asInt: '1' })))).toEqual([])
  })

  it('has spans with why they failed, and records with where they come from', () => {
    const { entries } = createOtlpReader(() => false)
    const exception = { name: 'exception', attributes: [attribute('exception.message', 'no memory')] }
    const failed = {
      spanId: 'a1',
      parentSpanId: 'a0',
      name: 'save',
      startTimeUnixNano: nanoseconds(5),
      endTimeUnixNano: nanoseconds(9),
      status: { code: 2 },
      events: [exception],
      attributes: [
        { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { boolValue: true }] } } },
      ],
    }
    expect(entries('traces', spans('a', 1, failed, { name: 'no id' }))).toEqual([
      {
        k: 'span',
        t: startMs + 5,
        endMs: startMs + 9,
        id: 'a1',
        parent: 'a0',
        name: 'save',
        attributes: { list: '[1,true]' },
        error: 'no memory',
      },
      undefined,
    ])
    const record = {
      observedTimeUnixNano: nanoseconds(7),
      severityNumber: 17,
      body: { stringValue: '<b>' },
      attributes: [attribute('log.iostream', 'stderr')],
    }
    const eventful = { ...record, body: {}, eventName: 'happened', attributes: [], spanId: 'a1' }
    expect(entries('logs', logs('a', 1, record, eventful))).toEqual([
      {
        k: 'log',
        t: startMs + 7,
        severity: 17,
        text: '<b>',
        source: 'stderr',
        attributes: { 'log.iostream': 'stderr' },
      },
      { k: 'log', t: startMs + 7, severity: 17, text: 'happened', source: 'x', spanId: 'a1' },
    ])
  })
})

it('what arrived takes the place of what the task wrote down, also when it comes later', async () => {
  await using directory = await temporaryDirectory()
  const logbook = join(directory.path, 'task', 'results', '.taskbeat', 'logbook')
  const telemetry = join(directory.path, 'telemetry')
  for (const path of [logbook, telemetry, join(directory.path, 'logbook')])
    await mkdir(path, { recursive: true })
  const write = (path: string, lines: readonly (LogbookEntry | JsonObject)[]) =>
    writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const series = {
    k: 'series',
    t: startMs,
    id: 0,
    name: 'loss',
    unit: '1',
    kind: 'gauge',
    attributes: {},
  } as const
  await write(join(directory.path, 'logbook', 'facts-0000000001.jsonl'), [
    begin({ by: 'platform', t: startMs - 9 }),
  ])
  await write(join(logbook, 'facts-0000000001.jsonl'), [begin(), series])
  await write(join(logbook, 'curves-0000000001.jsonl'), [{ k: 'p', t: startMs + 1, v: { 0: 5 } }])
  await write(join(logbook, 'logs-0000000001.jsonl'), [log(1, 'own')])
  await write(join(logbook, 'spans-0000000001.jsonl'), [span('a', 1, 2)])
  for (const signal of ['traces', 'metrics', 'logs']) await write(join(telemetry, `${signal}.jsonl`), [])
  const runs = openRuns([directory.path], { clock: manualClock(new Date(startMs + 100)) })
  const [run] = runs.runs
  const seen = async () => ({
    texts: (await run?.logs(all))?.rows.map(({ text }) => text),
    names: (await run?.spans(all))?.rows.map(({ name }) => name),
    series: (await run?.overview())?.series.map(({ name, attributes, points }) => [name, attributes, points]),
  })
  await run?.overview()
  expect(await seen()).toEqual({
    texts: ['own'],
    names: ['taskbeat.task', 'span a'],
    series: [['loss', {}, 1]],
  })
  const item = { spanId: 'b', name: 'sent', startTimeUnixNano: nanoseconds(1) }
  await write(join(telemetry, 'traces.jsonl'), [spans('a', 1, item, { ...item, spanId: 'c' })])
  const records = ['one', 'two', 'three'].map((stringValue, index) => ({
    timeUnixNano: nanoseconds(index + 1),
    body: { stringValue },
  }))
  await write(join(telemetry, 'logs.jsonl'), [
    logs('a', 1, ...records.slice(0, 2)),
    logs('b', 2, ...records.slice(2)),
  ])
  const point = { dataPoints: [{ timeUnixNano: nanoseconds(3), asInt: '4' }] }
  await write(join(telemetry, 'metrics.jsonl'), [
    metrics('a', 1, { name: 'loss', gauge: point }),
    metrics('b', 2, { name: 'loss', gauge: point }),
  ])
  await run?.overview()
  expect(await seen()).toEqual({
    texts: ['one', 'two', 'three'],
    names: ['taskbeat.task', 'sent', 'sent'],
    series: [
      ['loss', {}, 1],
      ['loss', { source: 'b' }, 1],
    ],
  })
  expect((await run?.logs({ ...all, search: 'T' }))?.rows).toMatchObject([
    { text: 'two' },
    { text: 'three', source: 'b' },
  ])
  expect(await run?.span(1)).toMatchObject({ id: 'c', name: 'sent' })
  runs.close()
})

it('what an emulation has left is one run: platform, task and what arrived', async () => {
  await using directory = await temporaryDirectory()
  const keepDir = join(directory.path, 'kept')
  const args = '--delay 0.01 --num-of-results 2 --steps-per-result 5 --file-size 64 --dwell 0.6'
  const emulation = await startEmulation({
    task: { command: [process.execPath, resolve('dist/cli.js'), 'simulate', ...args.split(' ')] },
    environment: { PATH: process.env.PATH },
    timeScale: 20,
    keepDir,
    logbook: { mostBytes: 2 ** 24, settings: [{ name: '--time-scale', value: '20' }] },
  })
  const report = await emulation.report
  expect(report.verdict).toBe('COMPLETED')
  const runs = openRuns([keepDir])
  const [run] = runs.runs
  await run?.head()
  const overview = await run?.overview()
  expect(overview).toMatchObject({
    label: 'kept',
    state: 'completed',
    isLive: false,
    begin: { by: 'platform', limits: { staleAfterMs: 15_000 } },
    percent: 100,
    checkpointCount: 2,
    spanCount: report.telemetry.traces.arrived,
  })
  expect(overview?.statuses.map(({ status }) => status)).toEqual(['LAUNCHED', 'RUNNING', 'COMPLETED'])
  expect(overview?.settings).toContainEqual({ name: '--time-scale', value: '20' })
  expect(overview?.logCounts.reduce((sum, count) => sum + count)).toBe(report.telemetry.logs.arrived)
  expect(overview?.series.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'taskbeat.training.loss',
      'task_progress_gauge',
      'taskbeat.checkpoint.duration.mean',
    ]),
  )
  const spanRows = await run?.spans(all)
  expect(spanRows?.rows[0]).toMatchObject({ name: 'taskbeat.task', depth: 0 })
  expect(spanRows?.rows.slice(1).every(({ depth }) => depth > 0)).toBe(true)
  runs.close()
})
