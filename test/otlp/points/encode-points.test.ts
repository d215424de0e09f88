import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { expect, it } from 'vitest'
import { batchOf } from '../../../src/delivery/point-batch.ts'
import { toOtlpJson } from '../../../src/otlp/json.ts'
import { encodePoints } from '../../../src/otlp/points/encode-points.ts'
import type { Point } from '../../../src/otlp/points/point.ts'
import { countItems } from '../../../src/otlp/request.ts'
import { requestTypes } from '../../../src/otlp/schema.ts'
import { startReceiver } from '../../support/otlp-receiver.ts'

const type = requestTypes.metrics
const decode = (bytes: Uint8Array) => toOtlpJson(type, type.decode(bytes))

const startMs = Date.parse('2024-10-22T10:00:00.000Z')
const timeMs = Date.parse('2024-10-22T10:30:00.123Z')
const attributes = { job_id: 'jöb', epoch: 5, ratio: 0.5, isLast: false }
const origin = {
  resource: { 'service.name': 'ml-metrics-bridge', 'process.pid': 17, list: ['a', 'b'], nothing: undefined },
  scope: { name: 'taskbeat', version: '1.2.3' },
}

const loss: Point = {
  ...{ name: 'ml.training.loss', type: 'gauge', unit: '', description: 'Loss', attributes },
  ...{ timeMs, value: 0.25 },
}
const batches: Point = {
  ...{
    name: 'ml.training.batch_number',
    type: 'counter',
    unit: '{batch}',
    description: 'Batches',
    attributes,
  },
  ...{ startMs, timeMs, value: 210 },
}
const took: Point = {
  ...{ name: 'ml.training.processing_time_ms', type: 'histogram', unit: '', description: '', attributes },
  ...{ startMs, timeMs, value: { count: 3, sum: 9.5, min: 0, max: 8, bounds: [1, 5], counts: [2, 0, 1] } },
}

const used: Point = {
  ...{ name: 'system.memory.usage', type: 'updowncounter', unit: 'By', description: 'Memory', attributes },
  ...{ startMs, timeMs, value: 2 ** 40 },
}

/** The same points, by OpenTelemetry's own serializer. */
const byOpenTelemetry = (since: 'CUMULATIVE' | 'DELTA'): Uint8Array => {
  const times = {
    startTime: [startMs / 1000, 0] as [number, number],
    endTime: [Math.floor(timeMs / 1000), 123_000_000] as [number, number],
    attributes,
  }
  const descriptor = ({ name, unit, description }: Point) => ({ name, unit, description, valueType: 1 })
  const aggregationTemporality = AggregationTemporality[since]
  const metrics = [
    {
      descriptor: descriptor(loss),
      ...{ aggregationTemporality, dataPointType: DataPointType.GAUGE },
      dataPoints: [{ ...times, value: 0.25 }],
    },
    {
      descriptor: descriptor(batches),
      ...{ aggregationTemporality, dataPointType: DataPointType.SUM, isMonotonic: true },
      dataPoints: [{ ...times, value: 210 }],
    },
    {
      descriptor: descriptor(took),
      ...{ aggregationTemporality, dataPointType: DataPointType.HISTOGRAM },
      dataPoints: [
        {
          ...times,
          value: { count: 3, sum: 9.5, min: 0, max: 8, buckets: { boundaries: [1, 5], counts: [2, 0, 1] } },
        },
      ],
    },
    {
      descriptor: descriptor(used),
      ...{ aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPointType: DataPointType.SUM },
      ...{ isMonotonic: false, dataPoints: [{ ...times, value: 2 ** 40 }] },
    },
  ] as MetricData[]
  const { nothing, ...present } = origin.resource
  const request: ResourceMetrics = {
    resource: resourceFromAttributes(present),
    scopeMetrics: [{ scope: origin.scope, metrics }],
  }
  return ProtobufMetricsSerializer.serializeRequest(request) ?? new Uint8Array()
}

it.each([
  ['cumulative', 'CUMULATIVE'],
  ['delta', 'DELTA'],
] as const)(
  "a %s request says what OpenTelemetry's own serializer would say of the same points",
  (since, own) => {
    const theirs = JSON.stringify(decode(byOpenTelemetry(own)))
      // a gauge has no start, theirs is that of the SDK
      .replace('"startTimeUnixNano":"1729591200000000000",', '')
    const request = encodePoints([loss, batches, took, used], { ...origin, since })
    expect(JSON.parse(JSON.stringify(decode(request)))).toEqual(JSON.parse(theirs))
  },
)

it('a request is made of these bytes', () => {
  const bytes = encodePoints([{ ...loss, attributes: {}, value: 1 }], { resource: {}, scope: { name: 's' } })
  const expected = [
    // resource metrics; a resource; scope metrics; a scope and its name
    ['0a3b', '0a00', '1237', '0a03', '0a0173'],
    // a metric: name, description, unit
    ['1230', '0a10', Buffer.from('ml.training.loss').toString('hex'), '1204', '4c6f7373', '1a00'],
    // a gauge; a point: its time, its value
    ['2a14', '0a12', '19c064557aabbf0018', '21000000000000f03f'],
  ]
  expect(Buffer.from(bytes).toString('hex')).toBe(expected.flat().join(''))
})

interface Points {
  readonly dataPoints: readonly object[]
}

/** The metrics of a request of one scope. */
const metricsOf = (request: unknown) =>
  (request as { resourceMetrics: { scopeMetrics: { metrics: Record<string, Points>[] }[] }[] })
    .resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? []

it.each([
  ['gauge', loss, 'gauge'],
  ['counter', batches, 'sum'],
  ['histogram', took, 'histogram'],
])(
  'the end of a %s is a point with the flag for no recorded value, and without a value',
  (_, point, kind) => {
    const ended: Point = { ...point, attributes: { job_id: 'a' }, value: undefined }
    const request = decode(encodePoints([ended], { resource: {}, scope: { name: 's' } }))
    const [found] = metricsOf(request)[0]?.[kind]?.dataPoints ?? []
    expect(found).toMatchObject({ flags: 1, timeUnixNano: '1729593000123000000' })
    for (const key of ['asDouble', 'asInt', 'count', 'sum', 'bucketCounts'])
      expect(found).not.toHaveProperty(key)
  },
)

it.each([Number.NaN, Infinity, -Infinity, 0, -0, 1e-310])('%d arrives as it is', (value) => {
  const bytes = encodePoints([{ ...loss, value }], origin)
  expect(metricsOf(type.decode(bytes))[0]?.gauge?.dataPoints[0]).toMatchObject({ asDouble: value })
})

it('points of one metric are together', () => {
  const other: Point = { ...loss, attributes: { job_id: 'b' } }
  const metrics = metricsOf(decode(encodePoints([loss, batches, other], origin)))
  expect(metrics).toMatchObject([{ name: loss.name }, { name: batches.name }])
  expect(metrics[0]?.gauge?.dataPoints).toHaveLength(2)
})

it('the end of a series is behind all that has a value, in a metric of its own, so that no receiver stops at it', () => {
  const end = (id: string): Point => ({ ...loss, attributes: { job_id: id }, value: undefined })
  const metrics = metricsOf(decode(encodePoints([end('a'), end('b'), loss, batches], origin)))
  expect(metrics.map(({ name, gauge }) => [name, gauge?.dataPoints])).toMatchObject([
    [loss.name, [{ asDouble: 0.25 }]],
    [batches.name, undefined],
    [loss.name, [{ flags: 1 }]],
    [loss.name, [{ flags: 1 }]],
  ])
})

it('a batch knows its points, and there is none without any', () => {
  const batch = batchOf([loss, batches, took], origin, timeMs)
  expect(batch).toMatchObject({ signal: 'metrics', items: 3, acceptedAtMs: timeMs })
  expect(countItems('metrics', batch?.bytes ?? new Uint8Array())).toBe(3)
  expect(batchOf([], origin, timeMs)).toBeUndefined()
})

it('a receiver takes it', async () => {
  await using receiver = await startReceiver()
  const response = await fetch(`${receiver.httpUrl}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(encodePoints([loss, batches, took], origin)),
  })
  expect(response.status).toBe(200)
  expect(receiver.received.points).toMatchObject([
    { name: 'ml.training.loss', kind: 'gauge', value: 0.25, timeMs, attributes, scope: 'taskbeat' },
    { name: 'ml.training.batch_number', kind: 'sum', value: 210, unit: '{batch}' },
    { name: 'ml.training.processing_time_ms', kind: 'histogram', value: 3 },
  ])
})
