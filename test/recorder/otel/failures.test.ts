import { BatchLogRecordProcessor, InMemoryLogRecordExporter, LoggerProvider } from '@opentelemetry/sdk-logs'
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { otelExporter, watchExports } from '../../../src/recorder/otel/index.ts'
import { exported, fakeEvent, fakeSpan } from './fake-span.ts'

/** An exporter all of whose batches fail as an unreachable collector makes them fail. */
const failing = (reason = 'connect ECONNREFUSED 127.0.0.1:4318') => ({
  export: (_: unknown[], done: (result: { code: number; error?: Error }) => void) =>
    done({ code: 1, error: new Error(reason) }),
  forceFlush: async () => {},
  shutdown: async () => {},
})

const record = (exporter: ReturnType<typeof otelExporter>) => {
  const span = fakeSpan()
  exporter.exportStart(exported(span))
  exporter.exportEvent(exported(span), fakeEvent('x'))
  exporter.exportStop(exported(span))
}

/** What an exporter tells its recorder. */
const host = () => {
  const told: string[] = []
  return {
    told,
    runId: undefined,
    failed: (cause: unknown) => told.push(`failed: ${(cause as Error).message}`),
    delivered: () => told.push('delivered'),
  }
}

it('T7: a batch of spans that fails makes a flush reject', async () => {
  const tracerProvider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: failing() })],
  })
  const exporter = otelExporter({ tracerProvider })
  record(exporter)
  await expect(exporter.forceFlush()).rejects.toThrow(
    'OpenTelemetry could not export all: connect ECONNREFUSED',
  )
  await expect(exporter.forceFlush()).resolves.toBeUndefined()
})

it('T7: what becomes of watched batches, of which processors tell nobody, is told to the recorder', async () => {
  const exports = watchExports()
  const recorder = host()
  const tracerProvider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: exports.watch(new InMemorySpanExporter()) })],
  })
  const loggerProvider = new LoggerProvider({
    processors: [new BatchLogRecordProcessor({ exporter: exports.watch(failing('no route')) })],
  })
  const exporter = otelExporter({ tracerProvider, loggerProvider, exports })
  exporter.initialize(recorder)
  expect(exporter.deliversLater).toBe(true)
  record(exporter)
  await exporter.forceFlush()
  expect(recorder.told.toSorted()).toEqual(['delivered', 'failed: no route'])

  exporter.close()
  exports.watch(failing('after the end')).export([], () => {})
  expect(recorder.told).toHaveLength(2)
})

it('T7: a watched batch that fails is one failure, not one more of the flush that it failed in', async () => {
  const exports = watchExports()
  const recorder = host()
  const tracerProvider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: exports.watch(failing()) })],
  })
  const exporter = otelExporter({ tracerProvider, exports })
  exporter.initialize(recorder)
  record(exporter)
  await exporter.forceFlush()
  expect(recorder.told).toEqual(['failed: connect ECONNREFUSED 127.0.0.1:4318'])
})

it('a watched exporter is the same one', async () => {
  const exporter = new InMemoryLogRecordExporter()
  const loggerProvider = new LoggerProvider({
    processors: [new BatchLogRecordProcessor({ exporter: watchExports().watch(exporter) })],
  })
  const recorded = otelExporter({ loggerProvider })
  record(recorded)
  await recorded.forceFlush()
  expect(exporter.getFinishedLogRecords()).toHaveLength(1)
  await loggerProvider.shutdown()
})

it('flushes come one after the other', async () => {
  let delivered = 0
  const slow = {
    export: (items: unknown[], done: (result: { code: number }) => void) => {
      setImmediate(() => {
        delivered += items.length
        done({ code: 0 })
      })
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const loggerProvider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter: slow })] })
  const recorded = otelExporter({ loggerProvider })
  const span = fakeSpan()
  for (let index = 0; index < 1500; index += 1) recorded.exportEvent(exported(span), fakeEvent('x'))
  const first = recorded.forceFlush()
  await recorded.forceFlush()
  expect(delivered).toBe(1500)
  await first
})
