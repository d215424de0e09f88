import { context, logs, metrics, propagation, trace } from '@opentelemetry/api'
import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openReceiver, type ReceiverOptions } from '../../src/emulator/receiver.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { selectDestinations } from '../../src/telemetry/signals.ts'
import { startTelemetry } from '../../src/telemetry/start.ts'
import { temporaryDirectory, until } from '../support/run-cli.ts'

afterEach(() => {
  for (const api of [trace, metrics, logs, context, propagation]) api.disable()
})

/** The real SDK with the outbox, and a receiver that decides on requests. */
const start = async (decide: NonNullable<ReceiverOptions['decide']>, more = {}) => {
  const receiver = await openReceiver({ decide, keepItems: true })
  const dir = await temporaryDirectory()
  const env = {
    NVCT_RESULTS_DIR: dir.path,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl,
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_BLRP_SCHEDULE_DELAY: '50',
    ...more,
  }
  const resolution = await resolveSettings({ argv: [], env }, [
    'general',
    'progress',
    'telemetry',
    'platform',
  ])
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('; '))
  const { settings } = resolution
  const printed: string[] = []
  const telemetry = await startTelemetry({
    settings,
    destinations: selectDestinations(settings, 'nothing'),
    keys: { 'taskbeat.run_id': 'r-1', 'taskbeat.attempt': 1 },
    version: '0.0.0',
    clock: systemClock,
    print: (line) => printed.push(line),
  })
  const end = async () => {
    await receiver[Symbol.asyncDispose]()
    await dir[Symbol.asyncDispose]()
  }
  return { receiver, telemetry, printed, [Symbol.asyncDispose]: end }
}

const spans = (count: number) => {
  const tracer = trace.getTracer('test')
  for (let span = 0; span < count; span += 1) tracer.startSpan(`span ${span}`).end()
}

it('tells the backend what was dropped, and why, so that analysts can leave it out', async () => {
  await using run = await start(({ signal }) =>
    signal === 'traces'
      ? { kind: 'partial', rejectedItems: 3, message: 'no room for all' }
      : { kind: 'accept' },
  )
  spans(10)
  await until(() => run.telemetry.routes.some(({ tally }) => tally.dropped > 0))
  await run.telemetry.shutdown(5_000)
  const [told] = run.receiver.ledger
    .logs()
    .filter(({ eventName }) => eventName === 'taskbeat.telemetry_data_error')
  expect(told).toMatchObject({
    body: '3 spans are missing: rejected: no room for all',
    attributes: {
      'taskbeat.signal': 'traces',
      'taskbeat.items.dropped': 3,
      'taskbeat.reason': 'rejected: no room for all',
      'taskbeat.run_id': 'r-1',
    },
  })
  expect(run.printed.filter((line) => line.includes('3 spans dropped'))).toHaveLength(1)
})

it('tells as metrics what becomes of the telemetry', async () => {
  let asked = 0
  await using run = await start(({ signal }) => {
    if (signal !== 'traces') return { kind: 'accept' }
    asked += 1
    const again = { kind: 'refuse', httpStatus: 503, grpcStatus: 14, message: 'not yet' } as const
    return asked === 1 ? again : { kind: 'partial', rejectedItems: 1, message: 'no' }
  })
  spans(10)
  await until(() => run.telemetry.routes.some(({ tally }) => tally.dropped > 0))
  await run.telemetry.shutdown(5_000)
  const last = new Map(
    run.receiver.ledger
      .points()
      .filter(
        ({ name, attributes }) =>
          name === 'taskbeat.telemetry.items' && attributes['taskbeat.signal'] === 'traces',
      )
      .map(({ attributes, value }) => [
        attributes['taskbeat.outcome'],
        { value, reason: attributes['taskbeat.reason'] },
      ]),
  )
  expect(Object.fromEntries(last)).toEqual({
    delivered: { value: 9, reason: undefined },
    retried: { value: 10, reason: undefined },
    spooled: { value: 10, reason: undefined },
    dropped: { value: 1, reason: 'rejected: no' },
  })
  const names = new Set(run.receiver.ledger.points().map(({ name }) => name))
  for (const name of ['queue.size', 'spool.items', 'oldest.age'])
    expect(names).toContain(`taskbeat.telemetry.${name}`)
})

it('keeps every collection of an outage, each with the start of its counter', async () => {
  await using run = await start(() => ({ kind: 'accept' }))
  const counter = metrics.getMeter('test').createCounter('beats')
  const emitted = () => run.telemetry.routes.find(({ signal }) => signal === 'metrics')?.tally.emitted ?? 0
  /** Each beat is collected before the next one. */
  const beat = async (beats: number) => {
    for (let count = 0; count < beats; count += 1) {
      const before = emitted()
      counter.add(1)
      await until(() => emitted() > before)
    }
  }
  await beat(2)
  await run.receiver.close()
  await beat(5)
  await run.receiver.open()
  await beat(1)
  await run.telemetry.shutdown(5_000)
  const points = run.receiver.ledger.points().filter(({ name }) => name === 'beats')
  const values = points.map(({ value }) => Number(value))
  expect(values).toEqual(values.toSorted((a, b) => a - b))
  expect([...new Set(values)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  const starts = new Set(points.map(({ json }) => json.startTimeUnixNano))
  expect(starts.size).toBe(1)
})

it('counts from the last collection where that is preferred', async () => {
  await using run = await start(() => ({ kind: 'accept' }), {
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_METRIC_EXPORT_INTERVAL: '60000',
  })
  metrics.getMeter('test').createCounter('beats').add(5)
  await run.telemetry.shutdown(5_000)
  expect(run.receiver.ledger.points().filter(({ name }) => name === 'beats')).toMatchObject([
    { value: 5, kind: 'sum' },
  ])
})
