import { context, logs, ROOT_CONTEXT, SeverityNumber, SpanStatusCode, trace } from '@opentelemetry/api'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { AlwaysOffSampler, RandomIdGenerator } from '@opentelemetry/sdk-trace'
import { afterEach, expect, it } from 'vitest'
import { otelExporter, spanIds } from '../../../src/recorder/otel/index.ts'
import type { Span, TelemetryDataErrorEvent } from '../../../src/recorder/span.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { exported, fakeError, fakeEvent, fakeSpan } from './fake-span.ts'
import { memoryProviders } from './providers.ts'

const milliseconds = ([seconds, nanos]: readonly [number, number]) => seconds * 1000 + nanos / 1e6

const opened = (options: Parameters<typeof otelExporter>[0] = {}, providers = memoryProviders()) => ({
  ...providers,
  exporter: otelExporter({ ...providers, ...options }),
})

afterEach(() => {
  trace.disable()
  logs.disable()
})

it('a span has the ids, times and attributes that it was recorded with', () => {
  const { exporter, spans } = opened()
  const span = fakeSpan({
    name: 'checkpoint_save_sync',
    initialAttributes: { step: 12, path: '/results/step_12', ok: true, sizes: [1, 2.5], empty: [] },
  })
  exporter.exportStart(exported(span))
  span.updatedAttributes = { step: 13, duration_msec: 1500.25 }
  span.durationMs = 1500.25
  exporter.exportStop(exported(span))
  const [twin] = spans()
  expect(twin?.spanContext()).toMatchObject({ traceId: span.traceId, spanId: span.spanId, traceFlags: 1 })
  expect(twin?.name).toBe('checkpoint_save_sync')
  expect(twin?.parentSpanContext).toBeUndefined()
  expect(twin?.attributes).toEqual({
    step: 13,
    path: '/results/step_12',
    ok: true,
    sizes: [1, 2.5],
    empty: [],
  })
  expect(twin && milliseconds(twin.startTime)).toBe(span.startedAt.wallMs)
  expect(twin && milliseconds(twin.duration)).toBe(1500.25)
})

it('T1: the duration is that of the clock which only grows, whatever is done to the wall clock', () => {
  const { exporter, spans } = opened()
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  span.durationMs = 20
  span.stoppedAt = { wallMs: span.startedAt.wallMs - 3_600_000, monotonicMs: 20 }
  exporter.exportStop(exported(span))
  expect(spans().map(({ duration }) => milliseconds(duration))).toEqual([20])
})

it.each<{ title: string; parentOf: (root: Span, middle: Span) => string | undefined }>([
  { title: 'its parent', parentOf: (_, middle) => middle.spanId },
  { title: 'a span above one that is hidden', parentOf: (root) => root.spanId },
  { title: 'a span of another process', parentOf: () => 'b7ad6b7169203331' },
  { title: 'nothing', parentOf: () => undefined },
])('a span is part of $title', ({ parentOf }) => {
  const { exporter, spans } = opened()
  const root = fakeSpan({ name: 'root' })
  const middle = fakeSpan({ name: 'middle', parent: root })
  const leaf = fakeSpan({ name: 'leaf', parent: middle })
  const parentSpanId = parentOf(root, middle)
  exporter.exportStart(exported(root))
  exporter.exportStart(exported(middle))
  exporter.exportStart({ span: leaf, parentSpanId })
  exporter.exportStop(exported(leaf))
  const [twin] = spans()
  expect(twin?.spanContext()).toMatchObject({ traceId: leaf.traceId, spanId: leaf.spanId })
  expect(twin?.parentSpanContext?.spanId).toBe(parentSpanId)
})

it('T2: a child that starts after its parent has stopped is its child all the same, sampled as it was', () => {
  const { exporter, spans } = opened()
  const parent = fakeSpan()
  exporter.exportStart(exported(parent))
  exporter.exportStop(exported(parent))
  const child = fakeSpan({ parent })
  exporter.exportStart(exported(child))
  exporter.exportStop(exported(child))
  expect(spans()[1]?.parentSpanContext?.spanId).toBe(parent.spanId)

  const refused = opened({}, memoryProviders({ sampler: new AlwaysOffSampler() }))
  refused.exporter.exportStart(exported(parent))
  refused.exporter.exportStop(exported(parent))
  const flags = () => trace.getSpanContext(refused.exporter.contextOf(parent))?.traceFlags
  expect(flags()).toBe(0)
  expect(refused.spans()).toEqual([])
})

it('an event leaves at once as one log record in its span, not as a span', () => {
  const { exporter, spans, logs } = opened()
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  exporter.exportEvent(
    exported(span),
    fakeEvent('save_checkpoint_success', { step: 3, tags: ['a', 'b'] }, 40.5),
  )
  exporter.exportEvent(exported(span), fakeEvent('details', {}, 41, 2))
  expect(spans()).toEqual([])
  const [record, details] = logs()
  expect(record).toMatchObject({
    eventName: 'save_checkpoint_success',
    severityNumber: SeverityNumber.INFO,
    attributes: { step: 3, tags: ['a', 'b'] },
    spanContext: { traceId: span.traceId, spanId: span.spanId, traceFlags: 1 },
  })
  expect(record && milliseconds(record.hrTime)).toBe(span.startedAt.wallMs + 40.5)
  expect(details?.severityNumber).toBe(SeverityNumber.DEBUG)
  exporter.exportStop(exported(span))
  expect(spans().map(({ events }) => events)).toEqual([[]])
})

it('T12: of 1,000 events on one span none is lost, also if it never ends', () => {
  const { exporter, spans, logs } = opened()
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  for (let step = 0; step < 1000; step += 1) exporter.exportEvent(exported(span), fakeEvent('step', { step }))
  expect(logs().map(({ attributes }) => attributes.step)).toEqual([...Array(1000).keys()])
  expect(spans()).toEqual([])
})

it('T12: without log records the last 128 events are on the span, which says how many are not', () => {
  const { tracerProvider, spans } = memoryProviders()
  const exporter = otelExporter({ tracerProvider })
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  for (let step = 0; step < 150; step += 1) exporter.exportEvent(exported(span), fakeEvent('step', { step }))
  exporter.exportStop(exported(span))
  const [twin] = spans()
  expect(twin?.events).toHaveLength(128)
  expect(twin?.events.at(-1)).toMatchObject({ name: 'step', attributes: { step: 149 } })
  expect(twin?.droppedEventsCount).toBe(22)
})

it('T3: an error makes the span one of status ERROR, and is a log record of an exception', () => {
  const { exporter, spans, logs } = opened()
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  exporter.exportError(
    exported(span),
    fakeError({
      error_message: 'the loss is not a number',
      exception_type: 'RangeError',
      exception_message: 'NaN',
      exception_traceback: 'RangeError: NaN\n    at train',
      step: 7,
    }),
  )
  span.hasFailed = true
  exporter.exportStop(exported(span))
  expect(spans()[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'the loss is not a number' })
  expect(logs()[0]).toMatchObject({
    eventName: 'exception',
    severityNumber: SeverityNumber.ERROR,
    body: 'the loss is not a number',
    attributes: {
      error_message: 'the loss is not a number',
      'exception.type': 'RangeError',
      'exception.message': 'NaN',
      'exception.stacktrace': 'RangeError: NaN\n    at train',
      step: 7,
    },
    spanContext: { spanId: span.spanId },
  })
})

it('an error without an exception keeps its name; one that a filter hid still fails the span', () => {
  const { exporter, spans, logs } = opened()
  const [told, hidden] = [fakeSpan(), fakeSpan()]
  for (const span of [told, hidden]) exporter.exportStart(exported(span))
  exporter.exportError(exported(told), fakeError({ error_message: 'no disk' }))
  hidden.hasFailed = true
  for (const span of [told, hidden]) exporter.exportStop(exported(span))
  expect(logs().map(({ eventName }) => eventName)).toEqual(['error'])
  expect(spans().map(({ status }) => status)).toEqual([
    { code: SpanStatusCode.ERROR, message: 'no disk' },
    { code: SpanStatusCode.ERROR },
  ])
})

const dataError: TelemetryDataErrorEvent = {
  ...fakeEvent('telemetry_data_error', {
    telemetry_data_error_type: 'incomplete_telemetry_data',
    error_message: 'the disk is full',
  }),
  name: 'telemetry_data_error',
}

it('a telemetry data error is a log record of no span, and no span', () => {
  const { exporter, spans, logs } = opened()
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  exporter.exportTelemetryDataError(dataError)
  exporter.exportStop(exported(span))
  expect(logs()).toHaveLength(1)
  expect(logs()[0]).toMatchObject({
    eventName: 'telemetry_data_error',
    severityNumber: SeverityNumber.WARN,
    body: 'the disk is full',
    attributes: dataError.attributes,
  })
  expect(logs()[0]?.spanContext).toBeUndefined()
  expect(spans()).toHaveLength(1)
})

it('without log records a telemetry data error is an event of all open spans', () => {
  const { tracerProvider, spans } = memoryProviders()
  const exporter = otelExporter({ tracerProvider })
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  exporter.exportTelemetryDataError(dataError)
  exporter.exportStop(exported(span))
  expect(spans()[0]?.events).toMatchObject([
    { name: 'telemetry_data_error', attributes: dataError.attributes },
  ])
})

it('a span that goes on for 5 seconds is told of in a log record, once; a short one is not', async () => {
  const clock = manualClock()
  const { exporter, logs } = opened({ clock })
  const [long, short, late] = [
    fakeSpan({ name: 'training_loop', initialAttributes: { rank: 0 } }),
    fakeSpan(),
    fakeSpan(),
  ]
  exporter.exportStart(exported(long))
  exporter.exportStart(exported(short))
  exporter.exportStop(exported(short))
  await clock.advance(3000)
  exporter.exportStart(exported(late))
  long.durationMs = 5000
  late.durationMs = 2000
  await clock.advance(2000)
  expect(logs()).toHaveLength(1)
  expect(logs()[0]).toMatchObject({
    eventName: 'span_start',
    body: 'training_loop',
    attributes: { rank: 0 },
    spanContext: { spanId: long.spanId },
  })
  expect(logs()[0]?.hrTime && milliseconds(logs()[0]?.hrTime ?? [0, 0])).toBe(long.startedAt.wallMs)
  late.durationMs = 5000
  await clock.advance(3000)
  expect(logs().map(({ spanContext }) => spanContext?.spanId)).toEqual([long.spanId, late.spanId])
  await clock.advance(60_000)
  expect(logs()).toHaveLength(2)
  expect(clock.pending()).toBe(0)
})

it('a span that was told of is told of at its end too: one that has no end was killed', async () => {
  const { exporter, logs, spans } = opened()
  const span = fakeSpan({ name: 'training_loop' })
  exporter.exportStart(exported(span))
  await exporter.forceFlush()
  span.updatedAttributes = { duration_msec: 20, train_iterations: 7 }
  span.stopEvent = fakeEvent('span_stop', { timestamp_msec: 1 }, 20)
  exporter.exportStop(exported(span))
  expect(logs().map(({ eventName }) => eventName)).toEqual(['span_start', 'span_stop'])
  expect(logs()[1]).toMatchObject({
    body: 'training_loop',
    attributes: { duration_msec: 20, train_iterations: 7, timestamp_msec: 1 },
    spanContext: { spanId: span.spanId },
  })
  expect(spans()).toHaveLength(1)
})

it('what the events of start and stop say more is told at once, in log records or events of the span', async () => {
  const both = opened()
  const spansOnly = opened(
    { tracerProvider: both.tracerProvider },
    { ...both, loggerProvider: new LoggerProvider() },
  )
  for (const { exporter } of [both, spansOnly]) {
    const span = fakeSpan({ startEvent: fakeEvent('span_start', { timestamp_msec: 1, reason: 'resume' }) })
    exporter.exportStart(exported(span))
    await exporter.forceFlush()
    span.stopEvent = fakeEvent('span_stop', { timestamp_msec: 2, aborted: true }, 20)
    exporter.exportStop(exported(span))
  }
  expect(both.logs().map(({ eventName, attributes }) => [eventName, attributes])).toEqual([
    ['span_start', { timestamp_msec: 1, reason: 'resume' }],
    ['span_stop', { timestamp_msec: 2, aborted: true }],
  ])
  expect(both.spans().map(({ events }) => events.map(({ name, attributes }) => [name, attributes]))).toEqual([
    [],
    [
      ['span_start', { timestamp_msec: 1, reason: 'resume' }],
      ['span_stop', { timestamp_msec: 2, aborted: true }],
    ],
  ])
})

it('a flush tells of all open spans, and close of none', async () => {
  const clock = manualClock()
  const { exporter, logs } = opened({ clock })
  exporter.exportStart(exported(fakeSpan()))
  await exporter.forceFlush()
  expect(logs()).toHaveLength(1)
  exporter.exportStart(exported(fakeSpan()))
  exporter.close()
  expect(clock.pending()).toBe(0)
  expect(logs()).toHaveLength(1)
})

it('no context stays attached, and that of a span is given to who asks for it', () => {
  const { exporter, tracerProvider, spans } = opened()
  const span = fakeSpan()
  const before = context.active()
  exporter.exportStart(exported(span))
  exporter.exportEvent(exported(span), fakeEvent('x'))
  expect(context.active()).toBe(before)
  const inner = tracerProvider.getTracer('http').startSpan('GET', {}, exporter.contextOf(span))
  inner.end()
  exporter.exportStop(exported(span))
  const outer = tracerProvider.getTracer('http').startSpan('GET')
  outer.end()
  expect(spans().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
    span.spanId,
    undefined,
    undefined,
  ])
})

it('spans of others in the same provider keep random ids', () => {
  const { exporter, tracerProvider, spans } = opened()
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  tracerProvider.getTracer('taskbeat.recorder').startSpan('mine').end()
  expect(spans()[0]?.spanContext().spanId).not.toBe(span.spanId)
  expect(spans()[0]?.spanContext().traceId).not.toBe(span.traceId)
})

it('with log records alone they tell of the spans too: of those that go on for long, or have something to say', async () => {
  const clock = manualClock()
  const { loggerProvider, logs } = memoryProviders()
  const exporter = otelExporter({ loggerProvider, clock })
  const [long, short] = [fakeSpan({ name: 'training_loop', initialAttributes: { rank: 0 } }), fakeSpan()]
  exporter.exportStart(exported(long))
  exporter.exportStart(exported(short))
  exporter.exportStop(exported(short))
  long.durationMs = 5000
  await clock.advance(5000)
  exporter.exportEvent(exported(long), fakeEvent('saved'))
  long.stopEvent = fakeEvent('span_stop', { timestamp_msec: 1 })
  long.updatedAttributes = { duration_msec: 5000 }
  exporter.exportStop(exported(long))
  expect(logs().map(({ eventName, attributes }) => [eventName, attributes])).toMatchObject([
    ['span_start', { rank: 0 }],
    ['saved', {}],
    ['span_stop', { duration_msec: 5000 }],
  ])
  const { traceId, spanId } = long
  for (const { spanContext } of logs()) expect(spanContext).toMatchObject({ traceId, spanId })
})

it('without an SDK nothing happens; one that is registered later is used from then on', async () => {
  const exporter = otelExporter()
  const early = fakeSpan()
  exporter.exportStart(exported(early))
  exporter.exportEvent(exported(early), fakeEvent('x'))
  exporter.exportTelemetryDataError(dataError)
  await exporter.forceFlush()

  const { tracerProvider, loggerProvider, spans, logs: records } = memoryProviders()
  trace.setGlobalTracerProvider(tracerProvider)
  logs.setGlobalLoggerProvider(loggerProvider)
  const late = fakeSpan()
  exporter.exportStart(exported(late))
  exporter.exportEvent(exported(early), fakeEvent('after'))
  exporter.exportStop(exported(early))
  exporter.exportStop(exported(late))
  await exporter.forceFlush()
  exporter.close()
  expect(spans().map((span) => span.spanContext().spanId)).toEqual([late.spanId])
  expect(records().map(({ spanContext }) => spanContext?.spanId)).toEqual([early.spanId])
})

/** A provider whose tracers hide how they make ids. */
const closed = (provider: ReturnType<typeof memoryProviders>['tracerProvider']) => ({
  getTracer: (name: string) => {
    const tracer = provider.getTracer(name)
    return {
      startSpan: (...args: Parameters<typeof tracer.startSpan>) => tracer.startSpan(...args),
      startActiveSpan: () => {
        throw new Error('unused')
      },
    }
  },
})

it('where ids cannot be brought in, the recorder’s are attributes, and the tree is whole', () => {
  const providers = memoryProviders()
  const exporter = otelExporter({ ...providers, tracerProvider: closed(providers.tracerProvider) })
  const root = fakeSpan()
  const child = fakeSpan({ parent: root })
  exporter.exportStart(exported(root))
  exporter.exportEvent(exported(root), fakeEvent('x'))
  exporter.exportStop(exported(root))
  exporter.exportStart(exported(child))
  exporter.exportStop(exported(child))
  const [rootTwin, childTwin] = providers.spans()
  expect(rootTwin?.attributes).toEqual({
    'taskbeat.recorder.trace_id': root.traceId,
    'taskbeat.recorder.span_id': root.spanId,
  })
  expect(childTwin?.parentSpanContext?.spanId).toBe(rootTwin?.spanContext().spanId)
  expect(providers.logs()[0]?.spanContext?.spanId).toBe(rootTwin?.spanContext().spanId)
})

it('where the provider was made with them, the ids are the recorder’s', () => {
  const ids = spanIds(new RandomIdGenerator())
  const providers = memoryProviders({ idGenerator: ids })
  const exporter = otelExporter({ ...providers, tracerProvider: closed(providers.tracerProvider), ids })
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  providers.tracerProvider.getTracer('other').startSpan('x').end()
  exporter.exportStop(exported(span))
  expect(providers.spans().map((twin) => twin.spanContext().spanId === span.spanId)).toEqual([false, true])
})

it('with a run id, all carry it', () => {
  const { exporter, spans, logs } = opened()
  exporter.initialize({ runId: 'run-7', failed: () => {}, delivered: () => {} })
  const span = fakeSpan({ initialAttributes: { step: 1 } })
  exporter.exportStart(exported(span))
  exporter.exportEvent(exported(span), fakeEvent('x', { y: 2 }))
  exporter.exportTelemetryDataError(dataError)
  exporter.exportStop(exported(span))
  expect(spans()[0]?.attributes).toEqual({ step: 1, 'taskbeat.run_id': 'run-7' })
  expect(logs().map(({ attributes }) => attributes['taskbeat.run_id'])).toEqual(['run-7', 'run-7'])
  expect(logs()[0]?.attributes).toEqual({ y: 2, 'taskbeat.run_id': 'run-7' })
})

it('an unsampled span leaves its events unsampled, and no span', () => {
  const { exporter, spans, logs } = opened({}, memoryProviders({ sampler: new AlwaysOffSampler() }))
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  exporter.exportEvent(exported(span), fakeEvent('x'))
  exporter.exportStop(exported(span))
  expect(spans()).toEqual([])
  expect(logs()[0]?.spanContext).toMatchObject({ spanId: span.spanId, traceFlags: 0 })
})

it('the context of a span that was never exported has its ids', () => {
  const { exporter } = opened()
  const span = fakeSpan()
  expect(trace.getSpanContext(exporter.contextOf(span))?.spanId).toBe(span.spanId)
  expect(exporter.contextOf(span)).not.toBe(ROOT_CONTEXT)
})
