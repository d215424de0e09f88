import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { countItems, joinRequests, splitRequest } from '../../src/otlp/request.ts'
import { requestTypes } from '../../src/otlp/schema.ts'
import { type Signal, signals } from '../../src/otlp/signals.ts'
import { encode } from '../support/otlp-client.ts'
import { makeSdkItems } from '../support/otlp-exporters.ts'
import { exampleBytes } from './example-bytes.ts'

interface Node {
  readonly [name: string]: unknown
}

const steps: Readonly<Record<Signal, readonly (readonly string[])[]>> = {
  traces: [['resourceSpans'], ['scopeSpans'], ['spans']],
  metrics: [
    ['resourceMetrics'],
    ['scopeMetrics'],
    ['metrics'],
    ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'],
    ['dataPoints'],
  ],
  logs: [['resourceLogs'], ['scopeLogs'], ['logRecords']],
}

/** Every item of a decoded request, with all that is said of it on the way: resource, scope, metric. */
const unfold = (node: Node, [names = [], ...below]: readonly (readonly string[])[]): readonly unknown[] => {
  const name = names.find((key) => node[key] !== undefined)
  if (name === undefined) return []
  const { [name]: next, ...said } = node
  const children = [next].flat() as readonly Node[]
  if (below.length === 0) return children.map((item) => [said, item])
  return children.flatMap((child) => unfold(child, below).map((rest) => [said, name, rest]))
}

const decode = (type: protobuf.Type, bytes: Uint8Array): Node =>
  type.toObject(type.decode(bytes), { longs: String, bytes: String })

const itemsOf = (signal: Signal, bytes: Uint8Array, type = requestTypes[signal]) =>
  unfold(decode(type, bytes), steps[signal])

const splitToSingles = (signal: Signal, bytes: Uint8Array): readonly Uint8Array[] =>
  splitRequest(signal, bytes)?.flatMap((part) => splitToSingles(signal, part.bytes)) ?? [bytes]

const serialized = async (): Promise<Readonly<Record<Signal, Uint8Array>>> => {
  const { spans, metrics, logs } = await makeSdkItems()
  const bytes = {
    traces: ProtobufTraceSerializer.serializeRequest(spans),
    metrics: ProtobufMetricsSerializer.serializeRequest(metrics),
    logs: ProtobufLogsSerializer.serializeRequest(logs),
  }
  const { traces, metrics: points, logs: records } = bytes
  if (!traces || !points || !records) throw new Error('the SDK serialized nothing')
  return { traces, metrics: points, logs: records }
}

const sources = ['example', 'official serializer'] as const
const cases = signals.flatMap((signal) => sources.map((source) => ({ signal, source })))
const bytesOf = async ({ signal, source }: (typeof cases)[number]) =>
  source === 'example' ? exampleBytes(signal) : (await serialized())[signal]

it.each(cases)(
  'splits $signal of the $source in two that hold the same items, in their order',
  async (its) => {
    const { signal } = its
    const bytes = await bytesOf(its)
    const whole = itemsOf(signal, bytes)
    expect(countItems(signal, bytes)).toBe(whole.length)
    const parts = splitRequest(signal, bytes)
    if (whole.length === 1) return expect(parts).toBeUndefined()
    expect(parts?.flatMap((part) => itemsOf(signal, part.bytes))).toEqual(whole)
    for (const part of parts ?? []) {
      expect(part.items).toBe(itemsOf(signal, part.bytes).length)
      expect(part.items).toBeGreaterThanOrEqual(Math.floor(whole.length / 4))
    }
  },
)

it.each(cases)('splits $signal of the $source down to single items, which join to the same', async (its) => {
  const { signal } = its
  const bytes = await bytesOf(its)
  const whole = itemsOf(signal, bytes)
  const singles = splitToSingles(signal, bytes)
  expect(singles.map((single) => countItems(signal, single))).toEqual(whole.map(() => 1))
  const joined = joinRequests(singles)
  expect(itemsOf(signal, joined)).toEqual(whole)
  expect(countItems(signal, joined)).toBe(whole.length)
})

it('takes a single request for joined as it is, and none for an empty one', () => {
  const bytes = exampleBytes('logs')
  expect(joinRequests([bytes])).toBe(bytes)
  expect(joinRequests([])).toHaveLength(0)
})

describe('metrics', () => {
  const gauge = (name: string, points: number) => ({
    name,
    unit: 's',
    description: `what ${name} is`,
    metadata: [{ key: 'why', value: { stringValue: 'kept' } }],
    gauge: { dataPoints: Array.from({ length: points }, (_, asInt) => ({ asInt })) },
  })
  const split = (...metrics: readonly object[]) => {
    const bytes = encode('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
    const only = (node: Node, name: string) => (node[name] as readonly [Node])[0]
    return splitRequest('metrics', bytes)?.map((part) => {
      const resource = only(decode(requestTypes.metrics, part.bytes), 'resourceMetrics')
      return only(resource, 'scopeMetrics').metrics as Node[]
    })
  }
  const points = ({ gauge: data }: Node) => (data as Node).dataPoints as Node[]

  it.each([
    { what: 'between metrics', counts: [2, 2, 2], parts: [[2], [2, 2]] },
    { what: 'at the metric that is nearest to the middle', counts: [1, 3, 5], parts: [[1, 3], [5]] },
    { what: 'within a metric that is most of the request', counts: [1, 19], parts: [[1, 9], [10]] },
    { what: 'within the only metric', counts: [5], parts: [[2], [3]] },
  ])('are split $what', ({ counts, parts }) => {
    const found = split(...counts.map((count, index) => gauge(`m${index}`, count)))
    expect(found?.map((metrics) => metrics.map((metric) => points(metric).length))).toEqual(parts)
  })

  it('without points stay in their place, and are no items', () => {
    const found = split(gauge('first', 0), gauge('a', 1), gauge('middle', 0), gauge('b', 1), gauge('last', 0))
    expect(found?.map((metrics) => metrics.map(({ name }) => name))).toEqual([
      ['first', 'a'],
      ['middle', 'b', 'last'],
    ])
    expect(split(gauge('alone', 1), gauge('empty', 0))).toBeUndefined()
  })

  it('keep what is said of a metric beside its points, on both sides', () => {
    const { gauge: _, ...said } = gauge('total', 0)
    const sum = { aggregationTemporality: 2, isMonotonic: true }
    const dataPoints = [{ asInt: 1 }, { asInt: 2 }]
    expect(split({ ...said, sum: { ...sum, dataPoints } })).toEqual(
      ['1', '2'].map((asInt) => [{ ...said, sum: { ...sum, dataPoints: [{ asInt }] } }]),
    )
  })
})

describe('fields that no schema knows yet', () => {
  const { root } = protobuf.parse(`
syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; fixed32 request_news = 90; }
message ResourceLogs { string resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; fixed64 resource_news = 1000; }
message ScopeLogs { string scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; uint64 scope_news = 536870911; }
message LogRecord { string text = 3; uint64 record_news = 99; }`)
  const type = root.lookupType('Request')
  const news = '18446744073709551615'
  const records = ['a', 'b', 'c'].map((text) => ({ text, recordNews: news }))
  const scope = { scope: 's', logRecords: records, schemaUrl: 'https://scope', scopeNews: news }
  const resource = { resource: 'r', scopeLogs: [scope], schemaUrl: 'https://resource', resourceNews: news }
  const bytes = type.encode(type.fromObject({ resourceLogs: [resource], requestNews: 7 })).finish()

  it('are kept on both sides, those of an item with it', () => {
    const parts = splitRequest('logs', bytes)
    expect(parts?.map(({ items }) => items)).toEqual([1, 2])
    expect(parts?.map((part) => decode(type, part.bytes))).toEqual(
      [records.slice(0, 1), records.slice(1)].map((logRecords) => ({
        resourceLogs: [{ ...resource, scopeLogs: [{ ...scope, logRecords }] }],
        requestNews: 7,
      })),
    )
  })
})

describe('bytes that are no request', () => {
  const nested = (...numbers: readonly number[]) => Uint8Array.from(numbers)
  it.each([
    { what: 'an empty message', bytes: nested() },
    { what: 'the middle of a text', bytes: Buffer.from('not a request at all') },
    { what: 'a field with the number 0', bytes: nested(0x02, 0x00) },
    { what: 'a group', bytes: nested(0x0b, 0x0c) },
    { what: 'resources that are a number', bytes: nested(0x08, 0x01) },
    { what: 'a length beyond the end', bytes: nested(0x0a, 0x05, 0x00) },
    { what: 'a length of 2^63', bytes: nested(0x0a, ...Array.from({ length: 9 }, () => 0x80), 0x01) },
    { what: 'a varint without an end', bytes: nested(0x10, ...Array.from({ length: 20 }, () => 0xff)) },
    { what: 'a tag beyond 32 bits', bytes: nested(0xff, 0xff, 0xff, 0xff, 0x7f, 0x00) },
    { what: 'a fixed64 that is cut', bytes: nested(0x11, 0x00, 0x00) },
    { what: 'a fixed32 that is cut', bytes: nested(0x15, 0x00) },
  ])('have no items, and no halves: $what', ({ bytes }) => {
    for (const signal of signals) {
      expect(countItems(signal, bytes)).toBe(0)
      expect(splitRequest(signal, bytes)).toBeUndefined()
    }
  })

  it.each(signals)(
    'never throw, nor do %s that are cut anywhere or have any byte changed',
    async (signal) => {
      const whole = (await serialized())[signal]
      const check = (bytes: Uint8Array) => {
        const items = countItems(signal, bytes)
        const parts = splitRequest(signal, bytes)
        if (items < 2) return expect(parts).toBeUndefined()
        for (const part of parts ?? []) expect(countItems(signal, part.bytes)).toBe(part.items)
        expect(parts?.reduce((sum, part) => sum + part.items, 0)).toBe(items)
      }
      for (let length = 0; length < whole.length; length += 1) check(whole.subarray(0, length))
      const changed = Uint8Array.from(whole)
      for (const [index, byte] of whole.entries()) {
        for (const mask of [0x01, 0x80, 0xff]) {
          changed[index] = byte ^ mask
          check(changed)
        }
        changed[index] = byte
      }
    },
  )

  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...signals), fc.uint8Array({ maxLength: 64 }), (signal, bytes) => {
        const parts = splitRequest(signal, bytes)
        const items = parts?.reduce((sum, part) => sum + part.items, 0)
        expect(items ?? Math.min(countItems(signal, bytes), 1)).toBe(countItems(signal, bytes))
      }),
    )
  })
})

const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 4 })
const name = fc.string({ maxLength: 200 })
const envelope = { schemaUrl: name }
const resource = fc.record({ attributes: few(fc.record({ key: name })) })
const scope = fc.record({ name, version: name })

const flat = (keys: readonly [string, string, string], one: fc.Arbitrary<object>) =>
  fc.record({
    [keys[0]]: few(
      fc.record({
        ...envelope,
        resource,
        [keys[1]]: few(fc.record({ ...envelope, scope, [keys[2]]: few(one) })),
      }),
    ),
  })
const anyMetric = fc
  .tuple(
    fc.constantFrom('gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'),
    name,
    few(fc.record({ timeUnixNano: fc.nat() })),
  )
  .map(([kind, unit, dataPoints]) => ({
    ...{ name: kind, unit },
    [kind]:
      kind === 'gauge' || kind === 'summary' ? { dataPoints } : { dataPoints, aggregationTemporality: 2 },
  }))
const anyRequest = {
  traces: flat(['resourceSpans', 'scopeSpans', 'spans'], fc.record({ name, kind: fc.nat() })),
  metrics: flat(['resourceMetrics', 'scopeMetrics', 'metrics'], anyMetric),
  logs: flat(['resourceLogs', 'scopeLogs', 'logRecords'], fc.record({ eventName: name })),
} satisfies Record<Signal, fc.Arbitrary<object>>

it.each(signals)(
  'any request of %s, split down to single items and joined, holds the same items',
  (signal) => {
    fc.assert(
      fc.property(anyRequest[signal], (request) => {
        const bytes = encode(signal, request)
        const whole = itemsOf(signal, bytes)
        expect(countItems(signal, bytes)).toBe(whole.length)
        const singles = splitToSingles(signal, bytes)
        expect(singles).toHaveLength(Math.max(whole.length, 1))
        expect(itemsOf(signal, joinRequests(singles))).toEqual(whole)
      }),
    )
  },
)
