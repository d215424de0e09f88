/** One of everything that OpenTelemetry JS can say, sent by the official exporters. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace, ValueType } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { openExporter } from '../../src/telemetry/exporters.ts'
import type { OtlpDestination } from '../../src/telemetry/signals.ts'

export interface SdkItems {
  readonly spans: ReadableSpan[]
  readonly metrics: ResourceMetrics
  readonly logs: ReadableLogRecord[]
}

export const sdkAttributes = {
  text: 'ünï ☃ 😀 "quoted"',
  'text.empty': '',
  int: -7,
  double: 0.1,
  yes: true,
  'list.text': ['a', 'b'],
  'list.number': [1, 2.5],
  'list.bool': [true, false],
}

const resource = resourceFromAttributes({ 'service.name': 'js', 'process.pid': 4711, parts: ['x', 'y'] })
const scope = {
  name: 'scope',
  version: '1.2.3',
  options: { schemaUrl: 'https://opentelemetry.io/schemas/1.40.0' },
}
const remoteParent = {
  traceId: 'abcdef0123456789abcdef0123456789',
  spanId: 'fedcba9876543210',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
}

const makeSpans = async () => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer(scope.name, scope.version, scope.options)
  const root = tracer.startSpan('root', {
    kind: SpanKind.SERVER,
    attributes: sdkAttributes,
    startTime: [1_700_000_000, 123_456_789],
  })
  const inside = trace.setSpan(ROOT_CONTEXT, root)
  const child = tracer.startSpan(
    'child',
    {
      kind: SpanKind.CLIENT,
      links: [{ context: root.spanContext(), attributes: { why: 'linked' } }, { context: remoteParent }],
    },
    inside,
  )
  child.addEvent('happened', sdkAttributes)
  child.addEvent('bare')
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'it failed' })
  child.end()
  tracer
    .startSpan('ok', {}, trace.setSpanContext(ROOT_CONTEXT, remoteParent))
    .setStatus({ code: SpanStatusCode.OK })
    .end()
  provider.getTracer('another').startSpan('').end()
  root.end([1_700_000_001, 1])
  await provider.forceFlush()
  return exporter.getFinishedSpans()
}

const makeMetrics = async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const exponential = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [{ instrumentName: 'exponential', aggregation: exponential }],
  })
  const meter = provider.getMeter(scope.name, scope.version, scope.options)
  const counter = meter.createCounter('counter', {
    unit: '1',
    description: 'counts',
    valueType: ValueType.INT,
  })
  counter.add(0)
  counter.add(9_007_199_254_740_991, { big: true })
  meter.createCounter('sum of doubles', { valueType: ValueType.DOUBLE }).add(0.5, { a: 1, b: 'x' })
  meter.createUpDownCounter('up and down').add(-3)
  meter.createGauge('gauge', { unit: '%' }).record(0)
  for (const name of ['histogram', 'exponential']) {
    const histogram = meter.createHistogram(name, { unit: 's' })
    for (const value of [0, 0.2, 3, 700, 12_345.678]) histogram.record(value, { stage: 'train' })
    histogram.record(1)
  }
  await reader.forceFlush()
  const [metrics] = exporter.getMetrics()
  await provider.shutdown()
  if (!metrics) throw new Error('the SDK collected nothing')
  return metrics
}

const makeLogs = async () => {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
  const logger = provider.getLogger(scope.name, scope.version, scope.options)
  const context = trace.setSpanContext(ROOT_CONTEXT, remoteParent)
  logger.emit({ body: 'plain', severityNumber: 9, severityText: 'INFO', attributes: sdkAttributes, context })
  logger.emit({
    eventName: 'saved',
    body: { step: 5, deep: { list: [1, 'two', null] } },
    timestamp: new Date(1_700_000_000_005),
  })
  logger.emit({ body: new Uint8Array([0, 255]) })
  logger.emit({})
  await provider.forceFlush()
  return exporter.getFinishedLogRecords()
}

export const makeSdkItems = async (): Promise<SdkItems> => ({
  spans: await makeSpans(),
  metrics: await makeMetrics(),
  logs: await makeLogs(),
})

const destination = (protocol: OtlpDestination['protocol'], url: string, compression: 'gzip' | 'none') => ({
  ...{ kind: 'otlp' as const, protocol, url, headers: {}, timeoutMs: 10_000, compression },
  ...{ certificate: undefined, clientKey: undefined, clientCertificate: undefined },
})

export interface Target {
  readonly protocol: OtlpDestination['protocol']
  /** Of the receiver; the paths of signals are added. */
  readonly url: string
  readonly compression?: 'gzip' | 'none'
}

/** Sends the items, each signal as one request. */
export const exportItems = async (
  items: SdkItems,
  { protocol, url, compression = 'none' }: Target,
): Promise<void> => {
  const to = (signal: string) =>
    destination(protocol, protocol === 'grpc' ? url : `${url}/v1/${signal}`, compression)
  const send = (start: (done: (result: ExportResult) => void) => void) =>
    new Promise<void>((resolve, reject) =>
      start(({ code, error }) => (code === ExportResultCode.SUCCESS ? resolve() : reject(error))),
    )
  const traces = await openExporter('traces', to('traces'))
  const metrics = await openExporter('metrics', to('metrics'))
  const logs = await openExporter('logs', to('logs'))
  await send((done) => traces.export(items.spans, done))
  await send((done) => metrics.export(items.metrics, done))
  await send((done) => logs.export(items.logs, done))
  await Promise.all([traces, metrics, logs].map((exporter) => exporter.shutdown()))
}
