import protobuf from 'protobufjs'
import { expect, it } from 'vitest'
import { decodeRequest } from '../../../src/emulator/receiver/decode.ts'
import type { Signal } from '../../../src/otlp/signals.ts'
import { encode, hexBytes } from '../../support/otlp-client.ts'
import { examples } from '../../support/otlp-examples.ts'

const fromJson = (signal: Signal, request: unknown) =>
  decodeRequest(signal, 'json', Buffer.from(typeof request === 'string' ? request : JSON.stringify(request)))

const requestOf = (decoded: ReturnType<typeof decodeRequest>) => {
  if (decoded.kind !== 'request') throw new Error(decoded.reason)
  return decoded.request
}

const spanRequest = (span: object) => ({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
const traceId = '5b8efff798038103d269b633813fc60c'
const spanId = 'eee19b7ec3c1b174'
const ids = { traceId, spanId }

/** What the fields of a message are, whatever their order; ids in lower case, and nothing that is empty. */
const tidy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([key, field]) => [
    key,
    /Id$/.test(key) ? field.toLowerCase() : tidy(field),
  ])
  return Object.fromEntries(fields)
}

it.each([
  { signal: 'traces', items: 1 },
  { signal: 'metrics', items: 6 },
  { signal: 'logs', items: 2 },
] as const)('reads $signal of every kind, and loses no field', ({ signal, items }) => {
  const decoded = fromJson(signal, examples[signal])
  expect(decoded).toMatchObject({ kind: 'request', items, faults: [] })
  expect(requestOf(decoded)).toMatchObject(tidy(examples[signal]) as object)
})

const everything = {
  attributes: [
    { key: 'text', value: { stringValue: 'ünï' } },
    { key: 'empty', value: { stringValue: '' } },
    { key: 'zero', value: { stringValue: '0' } },
    { key: 'no', value: { boolValue: false } },
    { key: 'none', value: { intValue: '0' } },
    { key: 'big', value: { intValue: '-9223372036854775808' } },
    { key: 'pi', value: { doubleValue: 3.25 } },
    { key: 'nan', value: { doubleValue: 'NaN' } },
    { key: 'low', value: { doubleValue: '-Infinity' } },
    { key: 'bytes', value: { bytesValue: '+/8=' } },
    { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, {}] } } },
    { key: 'pairs', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } } },
    { key: 'nothing', value: {} },
  ],
}

it('says the same of protobuf and JSON', () => {
  const span = {
    traceState: 'a=b',
    flags: 257,
    name: 'work',
    kind: 2,
    startTimeUnixNano: '1544712660300000001',
    endTimeUnixNano: '18446744073709551615',
    ...everything,
    droppedAttributesCount: 3,
    events: [{ timeUnixNano: '1', name: 'e', ...everything }],
    status: { message: 'bad', code: 2 },
  }
  const links = [{ ...ids, traceState: 'c=d', flags: 1 }]
  const request = spanRequest({ ...ids, parentSpanId: spanId, ...span, links })
  const binary = { traceId: hexBytes(traceId), spanId: hexBytes(spanId) }
  const encoded = encode(
    'traces',
    spanRequest({
      ...binary,
      parentSpanId: hexBytes(spanId),
      ...span,
      links: [{ ...binary, traceState: 'c=d', flags: 1 }],
    }),
  )
  const decoded = requestOf(decodeRequest('traces', 'protobuf', encoded))
  expect(decoded).toEqual(requestOf(fromJson('traces', request)))
  expect(JSON.stringify(decoded)).toBe(JSON.stringify(requestOf(fromJson('traces', request))))
  expect(decoded).toMatchObject(request)
})

it('takes numbers as numbers and as strings, and keeps every digit', () => {
  const request = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${traceId}","spanId":"${spanId}",
    "startTimeUnixNano": 1544712660300000001, "endTimeUnixNano":"18446744073709551615", "kind":"2",
    "attributes":[{"key":"i","value":{"intValue":-9007199254740993}},{"key":"d","value":{"doubleValue":"1e3"}},
    {"key":"h","value":{"doubleValue":123456789012345678901}}]}]}]}]}`
  expect(requestOf(fromJson('traces', request))).toMatchObject(
    spanRequest({
      startTimeUnixNano: '1544712660300000001',
      endTimeUnixNano: '18446744073709551615',
      kind: 2,
      attributes: [
        { key: 'i', value: { intValue: '-9007199254740993' } },
        { key: 'd', value: { doubleValue: 1_000 } },
        { key: 'h', value: { doubleValue: 123456789012345680000 } },
      ],
    }),
  )
})

it('ignores unknown fields, null, and the case of ids', () => {
  const span = { ...ids, traceId: traceId.toUpperCase(), name: null, future: { deep: [1] }, __proto__x: 1 }
  expect(requestOf(fromJson('traces', { ...spanRequest(span), more: true }))).toEqual({
    resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: [{ ...ids, status: {} }] }] }],
  })
})

it('reads the original names of fields too, as the Collector does: C++ exporters send them', () => {
  const span = { trace_id: traceId, span_id: spanId, start_time_unix_nano: '5' }
  expect(
    requestOf(fromJson('traces', { resource_spans: [{ scope_spans: [{ spans: [span] }] }] })),
  ).toMatchObject(spanRequest({ ...ids, startTimeUnixNano: '5' }))
})

it.each([
  { what: 'a list that is none', request: { resourceSpans: {} }, field: 'resourceSpans' },
  { what: 'a request that is none', request: [], field: '' },
  {
    what: 'a fraction',
    request: { ...spanRequest({ kind: 1.5 }) },
    field: 'resourceSpans[0].scopeSpans[0].spans[0].kind',
  },
  {
    what: 'the name of an enum',
    request: spanRequest({ kind: 'SPAN_KIND_SERVER' }),
    field: 'resourceSpans[0].scopeSpans[0].spans[0].kind',
  },
  {
    what: 'a negative time',
    request: spanRequest({ startTimeUnixNano: '-1' }),
    field: 'resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano',
  },
  {
    what: 'more than 64 bits',
    request: spanRequest({ startTimeUnixNano: '18446744073709551616' }),
    field: 'resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano',
  },
  {
    what: 'a number of words',
    request: {
      resourceMetrics: [
        { scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{ asDouble: 'three' }] } }] }] },
      ],
    },
    field: 'resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0].asDouble',
    signal: 'metrics',
  },
] as { what: string; request: unknown; field: string; signal?: Signal }[])(
  'calls $what malformed, and says where it is',
  ({ request, field, signal = 'traces' }) => {
    expect(fromJson(signal, request)).toMatchObject({ kind: 'malformed', field })
  },
)

it('does not follow values down for ever', () => {
  const nested = (depth: number): string =>
    depth === 0 ? '{}' : `{"arrayValue":{"values":[${nested(depth - 1)}]}}`
  const json = (depth: number) =>
    JSON.stringify(spanRequest({ ...ids, attributes: [{ key: 'deep', value: 0 }] })).replace(
      '"value":0',
      `"value":${nested(depth)}`,
    )
  expect(fromJson('traces', json(40))).toMatchObject({ kind: 'request' })
  expect(fromJson('traces', json(2_000))).toMatchObject({ kind: 'malformed' })
  // AnyValue { array_value = 5: ArrayValue { values = 1: AnyValue … } }
  const wrap = (field: number, bytes: Uint8Array) =>
    protobuf.Writer.create()
      .uint32((field << 3) | 2)
      .bytes(bytes)
      .finish()
  const encoded = (depth: number) => {
    let value: Uint8Array = new Uint8Array()
    for (let level = 0; level < depth; level += 1) value = wrap(5, wrap(1, value))
    return [5, 2, 2, 1].reduce<Uint8Array>((bytes, field) => wrap(field, bytes), value)
  }
  expect(decodeRequest('logs', 'protobuf', encoded(40))).toMatchObject({ kind: 'request', items: 1 })
  expect(decodeRequest('logs', 'protobuf', encoded(2_000))).toMatchObject({ kind: 'malformed' })
})

it.each([
  { what: 'no trace id', span: { spanId }, fault: 'the trace id of a span is missing, or all zero' },
  {
    what: 'a trace id of zeros',
    span: { traceId: '0'.repeat(32), spanId },
    fault: 'the trace id of a span is missing, or all zero',
  },
  {
    what: 'a trace id that is short',
    span: { traceId: 'abcd', spanId },
    fault: 'the trace id of a span has 2 bytes, not 16',
  },
  {
    what: 'a trace id in base64',
    span: { traceId: 'W47/95gDgQPSabYzgT/GDA==', spanId },
    fault: 'the trace id of a span has 12 bytes, not 16',
  },
  {
    what: 'a span id that is not hexadecimal',
    span: { traceId, spanId: 'xyz19b7ec3c1b174' },
    fault: 'the span id of a span is not hexadecimal',
  },
  {
    what: 'a span id of zeros',
    span: { traceId, spanId: '0000000000000000' },
    fault: 'the span id of a span is missing, or all zero',
  },
  {
    what: 'a parent id that is long',
    span: { ...ids, parentSpanId: traceId },
    fault: 'the parent span id of a span has 16 bytes, not 8',
  },
])('leaves out a span with $what, and keeps the rest', ({ span, fault }) => {
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span, { ...ids, name: 'good' }] }] }] }
  const decoded = fromJson('traces', request)
  expect(decoded).toMatchObject({ kind: 'request', items: 1, faults: [fault] })
  expect(requestOf(decoded)).toMatchObject(spanRequest({ name: 'good' }))
})

it('keeps log records without ids, and leaves out those with impossible ones', () => {
  const records = [{ severityText: 'A' }, { severityText: 'B', spanId: 'ff' }, { traceId: '0'.repeat(32) }]
  const decoded = fromJson('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] })
  expect(decoded).toMatchObject({ items: 2, faults: ['the span id of a log record has 1 bytes, not 8'] })
})
