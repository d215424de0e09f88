import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { createRecorder, type RecorderOptions } from '../../../src/recorder/index.ts'
import { otelExporter, watchExports } from '../../../src/recorder/otel/index.ts'
import { memoryProviders } from './providers.ts'

const recording = (options: Partial<RecorderOptions> = {}) => {
  const providers = memoryProviders()
  const lines: string[] = []
  const exporter = otelExporter(providers)
  const recorder = createRecorder({ exporters: [exporter], log: (line) => lines.push(line), ...options })
  return { ...providers, recorder, lines }
}

it('the tree of a recorder is the tree of OpenTelemetry, to the ids', async () => {
  const outer = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const { recorder, spans } = recording({ traceparent: outer })
  const ids = await recorder.timedSpan('application', {}, (application) =>
    recorder.timedSpan('training_loop', {}, async (loop) => {
      await Promise.resolve()
      return recorder.timedSpan('data_loading', {}, (leaf) =>
        [application, loop, leaf].map(({ spanId }) => spanId),
      )
    }),
  )
  await recorder.close()
  const byName = new Map(spans().map((span) => [span.name, span]))
  const names = ['application', 'training_loop', 'data_loading']
  expect(names.map((name) => byName.get(name)?.spanContext().spanId)).toEqual(ids)
  expect(names.map((name) => byName.get(name)?.parentSpanContext?.spanId)).toEqual([
    'b7ad6b7169203331',
    ids[0],
    ids[1],
  ])
  expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(
    new Set(['0af7651916cd43dd8448eb211c80319c']),
  )
})

it('T10: a child of a hidden span is a child of the nearest that is seen', async () => {
  const { recorder, spans } = recording({ filter: { deny: ['middle'] } })
  recorder.timedSpan('root', {}, () =>
    recorder.timedSpan('middle', {}, () => recorder.timedSpan('leaf', {}, () => {})),
  )
  await recorder.close()
  const [leaf, root] = spans()
  expect(spans().map(({ name }) => name)).toEqual(['leaf', 'root'])
  expect(leaf?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId)
})

it('T3: what a body throws is an exception in its span, which has failed', async () => {
  const { recorder, spans, logs } = recording()
  const thrown = new RangeError('the loss is NaN')
  expect(() =>
    recorder.timedSpan('train', {}, () => {
      throw thrown
    }),
  ).toThrow(thrown)
  await recorder.close()
  expect(logs().map(({ eventName }) => eventName)).toEqual(['exception'])
  expect(logs()[0]?.attributes).toMatchObject({
    'exception.type': 'RangeError',
    'exception.message': 'the loss is NaN',
    'exception.stacktrace': expect.stringContaining('RangeError: the loss is NaN\n    at '),
  })
  expect(spans()[0]?.status.code).toBe(2)
})

it('T12: 100,000 events on one span all leave before it ends', async () => {
  const { recorder, logs, spans } = recording()
  const span = recorder.start('training_loop')
  for (let step = 0; step < 100_000; step += 1) recorder.event(span, 'step', { attributes: { step } })
  expect(logs()).toHaveLength(100_000)
  expect(spans()).toEqual([])
  await recorder.close()
})

it('T7: batches that fail are counted, told to the backend, and in the end too many', async () => {
  const exports = watchExports()
  const failing = {
    export: (_: unknown[], done: (result: { code: number; error?: Error }) => void) =>
      done({ code: 1, error: new Error('connect ECONNREFUSED') }),
    shutdown: async () => {},
  }
  const tracerProvider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: exports.watch(failing) })],
  })
  const { loggerProvider, logs } = memoryProviders()
  const { recorder, lines } = recording({
    exporters: [otelExporter({ tracerProvider, loggerProvider, exports })],
  })
  const stats = () => recorder.stats().exporters[0]
  for (const failures of [1, 2, 3, 4, 5]) {
    recorder.stop(recorder.start('work'))
    await recorder.forceFlush()
    expect(stats()).toMatchObject({ failures, delivered: 0, isDisabled: failures === 5 })
  }
  expect(logs().map(({ eventName }) => eventName)).toContain('telemetry_data_error')
  expect(lines).toEqual([expect.stringContaining('the exporter otel is given up after 5 failures in a row')])
  await recorder.close()
})

it('T7: a batch that arrives ends a row of failures', async () => {
  const exports = watchExports()
  const spanExporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: exports.watch(spanExporter) })],
  })
  const { recorder } = recording({ exporters: [otelExporter({ tracerProvider, exports })] })
  recorder.stop(recorder.start('work'))
  await recorder.forceFlush()
  expect(recorder.stats().exporters[0]).toMatchObject({ failures: 0, delivered: 1 })
  await recorder.close()
})

it('nothing of OpenTelemetry is imported but its API', () => {
  const folder = 'src/recorder/otel'
  const imported = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/from '(@opentelemetry\/[^']+)'/g)].map(
      ([, name]) => name,
    ),
  )
  expect(new Set(imported)).toEqual(new Set(['@opentelemetry/api']))
})
