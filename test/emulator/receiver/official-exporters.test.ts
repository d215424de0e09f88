import { expect, it } from 'vitest'
import { openReceiver } from '../../../src/emulator/receiver.ts'
import { exportItems, makeSdkItems, sdkAttributes } from '../../support/otlp-exporters.ts'

const targets = [
  { protocol: 'grpc', compression: 'none' },
  { protocol: 'grpc', compression: 'gzip' },
  { protocol: 'http/protobuf', compression: 'none' },
  { protocol: 'http/protobuf', compression: 'gzip' },
] as const

const receive = async ({ protocol, compression }: (typeof targets)[number]) => {
  await using receiver = await openReceiver({ keepItems: true })
  const url = protocol === 'grpc' ? receiver.grpcUrl : receiver.httpUrl
  const sent = await makeSdkItems()
  await exportItems(sent, { protocol, url, compression })
  return { sent, ledger: receiver.ledger }
}

it.each(targets)(
  'decodes what OpenTelemetry JS sends over $protocol ($compression): spans',
  async (target) => {
    const { ledger, sent } = await receive(target)
    const spans = new Map(ledger.spans().map((span) => [span.name, span]))
    expect([...spans.keys()].toSorted()).toEqual(['', 'child', 'ok', 'root'])
    const root = spans.get('root')
    const child = spans.get('child')
    expect(root).toMatchObject({
      resource: { 'service.name': 'js', 'process.pid': 4711, parts: ['x', 'y'] },
      scope: 'scope',
      attributes: sdkAttributes,
      parentSpanId: '',
      statusCode: 0,
      startMs: 1_700_000_000_123,
      endMs: 1_700_000_001_000,
      json: { kind: 2, startTimeUnixNano: '1700000000123456789', endTimeUnixNano: '1700000001000000001' },
    })
    expect(root?.traceId).toBe(sent.spans.find(({ name }) => name === 'root')?.spanContext().traceId)
    expect(child).toMatchObject({
      traceId: root?.traceId,
      parentSpanId: root?.spanId,
      statusCode: 2,
      events: [
        { name: 'happened', attributes: sdkAttributes },
        { name: 'bare', attributes: {} },
      ],
      json: {
        kind: 3,
        status: { message: 'it failed', code: 2 },
        links: [
          { traceId: root?.traceId, spanId: root?.spanId },
          { traceId: 'abcdef0123456789abcdef0123456789', spanId: 'fedcba9876543210' },
        ],
      },
    })
    expect(ledger.summary()).toMatchObject({
      orphanSpans: { count: 1, first: [{ name: 'ok', parentIsRemote: true }] },
      unendedSpans: { count: 1, first: [{ spanId: 'fedcba9876543210', isRemote: true }] },
    })
  },
)

it.each(targets)(
  'decodes what OpenTelemetry JS sends over $protocol ($compression): metrics',
  async (target) => {
    const { ledger } = await receive(target)
    const points = ledger.points()
    const found = (name: string) => points.filter((point) => point.name === name)
    expect(found('counter').map(({ value, attributes, kind }) => ({ value, attributes, kind }))).toEqual([
      { value: 0, attributes: {}, kind: 'sum' },
      { value: 9_007_199_254_740_991, attributes: { big: true }, kind: 'sum' },
    ])
    expect(found('sum of doubles')).toMatchObject([{ value: 0.5, attributes: { a: 1, b: 'x' } }])
    expect(found('up and down')).toMatchObject([{ value: -3 }])
    expect(found('gauge')).toMatchObject([{ kind: 'gauge', unit: '%', value: 0 }])
    const histograms = [
      { value: 5, attributes: { stage: 'train' }, json: { sum: 13_048.878, min: 0, max: 12_345.678 } },
      { value: 1, attributes: {}, json: { sum: 1, min: 1, max: 1 } },
    ]
    expect(found('histogram')).toMatchObject(histograms)
    expect(found('exponential')).toMatchObject(histograms)
    expect(found('exponential')[0]?.kind).toBe('exponentialHistogram')
    expect(ledger.counts('metrics')).toMatchObject({ items: 9, duplicates: 0 })
  },
)

it.each(targets)(
  'decodes what OpenTelemetry JS sends over $protocol ($compression): logs',
  async (target) => {
    const { ledger } = await receive(target)
    expect(ledger.logs()).toMatchObject([
      {
        body: 'plain',
        severity: 'INFO',
        attributes: sdkAttributes,
        traceId: 'abcdef0123456789abcdef0123456789',
        spanId: 'fedcba9876543210',
        json: { severityNumber: 9, flags: 1 },
      },
      {
        body: { step: 5, deep: { list: [1, 'two', null] } },
        eventName: 'saved',
        timeMs: 1_700_000_000_005,
        traceId: '',
      },
      { body: 'AP8=' },
      { body: null },
    ])
    expect(ledger.counts('logs')).toMatchObject({ items: 4, duplicates: 0 })
    expect(ledger.summary().logsWithoutTraceContext).toBe(3)
  },
)
