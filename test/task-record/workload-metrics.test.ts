import { describe, expect, it } from 'vitest'
import { mostWorkloadMetrics } from '../../src/task-record/workload-metrics.ts'
import { metricEvent } from './events.ts'
import { only, recorded } from './recording.ts'

const ignoredBecause = (reason: string, value: number) => ({
  name: 'taskbeat.workload.ignored',
  value,
  attributes: { 'taskbeat.reason': reason },
})

it.each([
  { kind: 'gauge', sent: 'gauge', value: 3 },
  { kind: 'counter', sent: 'sum', value: 5 },
  { kind: 'histogram', sent: 'histogram', value: 2 },
] as const)('a $kind is sent as one', async ({ kind, sent, value }) => {
  const more = { kind, unit: 'ms', attributes: { stage: 'load' } }
  const { points } = await recorded((record) => {
    record.metric(metricEvent('load.time', 2, more))
    record.metric(metricEvent('load.time', 3, more))
  })
  expect(points).toMatchObject([
    {
      name: 'load.time',
      kind: sent,
      unit: 'ms',
      value,
      scope: 'taskbeat.workload',
      attributes: { stage: 'load' },
    },
  ])
})

describe('a name', () => {
  it.each(['', '1st', 'a b', 'größe', `a${'x'.repeat(255)}`])('is refused if it is %s', async (name) => {
    const { points } = await recorded((record) => record.metric(metricEvent(name, 1)))
    expect(points).toMatchObject([ignoredBecause('metric.name', 1)])
  })

  it.each([
    { what: 'kind', second: { kind: 'counter', unit: 's' } },
    { what: 'unit', second: { kind: 'gauge', unit: 'ms' } },
  ] as const)('keeps the $what that it had first, and that is told once', async ({ second }) => {
    const { points, logs } = await recorded((record) => {
      record.metric(metricEvent('Time', 1, { unit: 's' }))
      for (const value of [7, 8]) record.metric(metricEvent('time', value, second))
      record.metric(metricEvent('Time', 2))
    })
    expect(only(points, 'Time')).toMatchObject({ kind: 'gauge', unit: 's', value: 2 })
    expect(points).toHaveLength(2)
    expect(only(points, 'taskbeat.workload.ignored')).toMatchObject(ignoredBecause('metric.conflict', 2))
    expect(logs.filter(({ severity }) => severity === 'WARN')).toHaveLength(1)
  })

  it(`is taken if it is one of the first ${mostWorkloadMetrics}`, async () => {
    const { points } = await recorded((record) => {
      for (let n = 0; n < 300; n += 1) record.metric(metricEvent(`m${n}`, n))
      record.metric(metricEvent('m0', 10))
    })
    expect(only(points, 'm0').value).toBe(10)
    expect(points).toHaveLength(mostWorkloadMetrics + 1)
    expect(points).toContainEqual(
      expect.objectContaining(ignoredBecause('metric.count', 300 - mostWorkloadMetrics)),
    )
  })
})

describe('a value', () => {
  it.each([
    { kind: 'counter', value: -1 },
    { kind: 'counter', value: Number.NaN },
    { kind: 'histogram', value: -1 },
    { kind: 'histogram', value: Number.POSITIVE_INFINITY },
  ] as const)('$value does not spoil a $kind', async ({ kind, value }) => {
    const { points } = await recorded((record) => {
      record.metric(metricEvent('m', 4, { kind }))
      record.metric(metricEvent('m', value, { kind }))
    })
    const { json } = only(points, 'm')
    expect(json.sum ?? json.asDouble).toBe(4)
    expect(only(points, 'taskbeat.workload.ignored')).toMatchObject(ignoredBecause('metric.value', 1))
  })

  it.each([-1, Number.NaN])('%s is as good as any for a gauge', async (value) => {
    const { points } = await recorded((record) => record.metric(metricEvent('m', value)))
    expect(points).toMatchObject([{ name: 'm', value }])
  })
})

it('a unit that OpenTelemetry does not know is left out', async () => {
  const { points } = await recorded((record) => {
    for (const value of [1, 2]) record.metric(metricEvent('m', value, { unit: '€' }))
  })
  expect(points).toMatchObject([{ name: 'm', unit: '', value: 2 }])
})

it('an up-down counter goes down as well', async () => {
  const { points } = await recorded((record) => {
    for (const value of [3, -5]) record.metric(metricEvent('open', value, { kind: 'updowncounter' }))
  })
  expect(points).toMatchObject([{ name: 'open', kind: 'sum', value: -2 }])
})

it('an id is no attribute of a metric, which is sent without it and tells once where it belongs', async () => {
  const { points, logs } = await recorded((record) => {
    for (const id of ['a', 'b']) {
      const attributes = { request_id: id, 'taskbeat.session_id': id, stage: 'load' }
      record.metric(metricEvent('load', 1, { kind: 'counter', attributes }))
    }
  })
  expect(only(points, 'load')).toMatchObject({ value: 2, attributes: { stage: 'load' } })
  expect(only(points, 'taskbeat.workload.ignored')).toMatchObject(ignoredBecause('metric.identity', 2))
  const told = logs.filter(({ severity }) => severity === 'WARN').map(({ body }) => body)
  expect(told).toEqual([
    "the attribute 'request_id' of the metric 'load' says which one of endlessly many it was, and would make a series of each: put it on a span or an event; the metric is sent without it",
  ])
})

it.each([
  { names: [], name: 'taskbeat.operations.wait_time', unit: 's', key: 'taskbeat.operation.name' },
  { names: ['tuft'], name: 'tuft.futures.wait_time', unit: 's', key: 'operation_type' },
] as const)('a metric of a workflow is $name, whatever kind it was told to be', async (wanted) => {
  const { names, name, unit, key } = wanted
  const { points } = await recorded(
    (record) => {
      const attributes = { 'taskbeat.operation.name': 'sample' }
      record.metric(metricEvent('taskbeat.operations.wait_time', 0.5, { attributes }))
    },
    { names },
  )
  expect(points).toMatchObject([{ name, unit, kind: 'histogram', attributes: { [key]: 'sample' } }])
})
