import { expect, it } from 'vitest'
import { createRecorder } from '../../../src/recorder/index.ts'
import { type KafkaExporterOptions, kafkaExporter } from '../../../src/recorder/kafka/index.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { clientError, fakeProducer } from './fake-producer.ts'

/** A recorder whose only exporter sends to a producer of a test. */
const recording = async (
  options: Partial<KafkaExporterOptions> = {},
  failures = Number.POSITIVE_INFINITY,
) => {
  const clock = manualClock()
  const producer = fakeProducer()
  const opened: unknown[] = []
  const lines: string[] = []
  const exporter = kafkaExporter(
    { brokers: ['kafka:9092'], ...options },
    {
      clock,
      open: async (given) => {
        opened.push(given)
        return producer
      },
    },
  )
  const recorder = createRecorder({
    exporters: [exporter],
    clock,
    runId: 'run-1',
    disableExporterAfter: { failures },
    log: (line) => lines.push(line),
  })
  await clock.advance(0)
  const records = () =>
    producer.batches.flat().map(({ value }) => JSON.parse(value.toString()) as Record<string, unknown>)
  const stats = () => recorder.stats().exporters[0]
  return { clock, producer, opened, lines, recorder, records, stats }
}

const unreachable = () => clientError('Cannot connect to any broker.')

it('a message is the line of a file exporter, under the id of its trace', async () => {
  const { recorder, producer, records, opened } = await recording({ client: { tls: {} } })
  const span = recorder.start('checkpoint_save_sync', { attributes: { step: 3 } })
  recorder.event(span, 'written', { attributes: { bytes: 12 } })
  recorder.stop(span)
  recorder.telemetryDataError('the disk is full')
  await recorder.close()
  expect(records()).toMatchObject([
    { type: 'start', name: 'checkpoint_save_sync', run_id: 'run-1', attributes: { step: 3 }, count: 1 },
    { type: 'event', event: { name: 'written', attributes: { bytes: 12 } }, count: 2, pid: process.pid },
    { type: 'stop', span_id: span.spanId, count: 3 },
    { type: 'telemetry_data_error', error: { attributes: { error_message: 'the disk is full' } }, count: 4 },
  ])
  const messages = producer.batches.flat()
  expect(messages.map(({ key }) => key)).toEqual([span.traceId, span.traceId, span.traceId, undefined])
  expect(messages[0]?.timestampMs).toBe(Date.parse('2026-11-20T10:00:00.000Z'))
  expect(producer.isClosed()).toBe(true)
  expect(opened).toEqual([
    {
      brokers: ['kafka:9092'],
      topic: 'taskbeat-recorder',
      clientId: 'taskbeat-recorder',
      client: { tls: {} },
    },
  ])
})

it.each([
  { title: 'by number', options: { maxBatchRecords: 4 }, sizes: [4, 4, 2] },
  { title: 'by bytes, at least one', options: { maxBatchBytes: 1 }, sizes: Array(10).fill(1) },
  { title: 'not without need', options: {}, sizes: [10] },
])('records are sent in batches: $title', async ({ options, sizes }) => {
  const { recorder, producer } = await recording(options)
  const span = recorder.start('work')
  for (let n = 0; n < 9; n += 1) recorder.event(span, 'tick', { attributes: { n } })
  await recorder.forceFlush()
  expect(producer.batches.map(({ length }) => length)).toEqual(sizes)
})

it('a record waits 100 ms for others, a full batch for none', async () => {
  const { recorder, producer, clock } = await recording({ maxBatchRecords: 3 })
  const span = recorder.start('work')
  await clock.advance(99)
  expect(producer.attempts()).toBe(0)
  await clock.advance(1)
  expect(producer.batches.map(({ length }) => length)).toEqual([1])
  for (let n = 0; n < 3; n += 1) recorder.event(span, 'tick')
  await clock.advance(0)
  expect(producer.batches.map(({ length }) => length)).toEqual([1, 3])
})

it('T7: a broker that is away is tried again and again, and nothing that was taken is lost', async () => {
  const { recorder, producer, clock, records, stats } = await recording({}, 5)
  producer.fail = unreachable
  const span = recorder.start('work')
  for (let n = 0; n < 2000; n += 1) recorder.event(span, 'tick', { attributes: { n } })
  await clock.advance(60_000)
  // 0.1, 0.2, 0.4 … 5 s apart
  expect(producer.attempts()).toBeGreaterThan(10)
  expect(producer.attempts()).toBeLessThan(25)
  expect(stats()).toMatchObject({ failures: 0, delivered: 0, isDisabled: false, wasSignalled: false })
  producer.fail = () => undefined
  await clock.advance(5000)
  expect(
    records().flatMap(({ type, event }) =>
      type === 'event' ? [(event as { attributes: { n: number } }).attributes.n] : [],
    ),
  ).toEqual([...Array(2000).keys()])
  expect(stats()).toMatchObject({ failures: 0, delivered: 5 })
})

it('T7: what finds the buffer full is refused and counts; that data is missing still gets through', async () => {
  const { recorder, producer, clock, records, stats } = await recording({ maxBufferedRecords: 3 })
  producer.fail = unreachable
  const span = recorder.start('work')
  for (let n = 0; n < 5; n += 1) recorder.event(span, 'tick', { attributes: { n } })
  expect(stats()).toMatchObject({ failures: 3, wasSignalled: true })
  producer.fail = () => undefined
  await clock.advance(5000)
  expect(records().map(({ type, count }) => [type, count])).toEqual([
    ['start', 1],
    ['event', 2],
    ['event', 3],
    ['telemetry_data_error', 5],
  ])
  recorder.stop(span)
  await recorder.close()
  expect(records().at(-1)).toMatchObject({ type: 'stop', count: 8 })
})

it('the buffer is bounded in bytes too', async () => {
  const { recorder, producer, stats } = await recording({ maxBufferedBytes: 2000 })
  producer.fail = unreachable
  const span = recorder.start('work')
  recorder.event(span, 'large', { attributes: { text: 'x'.repeat(3000) } })
  recorder.event(span, 'small')
  expect(stats()).toMatchObject({ failures: 1 })
})

it('T6: a buffer that stays full is the end of the exporter, which is still closed', async () => {
  const { recorder, producer, clock, lines, stats } = await recording({ maxBufferedRecords: 1 }, 5)
  producer.fail = unreachable
  const span = recorder.start('work')
  await clock.advance(200)
  for (let n = 0; n < 10; n += 1) recorder.event(span, 'tick')
  expect(stats()).toMatchObject({ isDisabled: true, failures: 5 })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(
    'records wait for Kafka, and there is no room for more: Cannot connect to any broker.',
  )
  await recorder.close()
  expect(producer.isClosed()).toBe(true)
})

it('a record that the broker refuses is lost alone: the others of its batch arrive', async () => {
  const { recorder, producer, records, stats } = await recording()
  const isTooLarge = (value: Buffer) => value.includes('huge')
  producer.fail = (messages) =>
    messages.some(({ value }) => isTooLarge(value))
      ? clientError('The message is too large.', 'MESSAGE_TOO_LARGE')
      : undefined
  const span = recorder.start('work')
  for (const name of ['a', 'b', 'huge', 'c', 'd']) recorder.event(span, name)
  await recorder.forceFlush()
  await recorder.close()
  expect(records().map(({ type, event }) => (event as { name: string } | undefined)?.name ?? type)).toEqual([
    'start',
    'a',
    'b',
    'c',
    'd',
    'telemetry_data_error',
    'stop',
  ])
  expect(stats()).toMatchObject({ failures: 1 })
})

it('a flush waits for what was recorded before it, not for what comes after', async () => {
  const { recorder, producer, clock } = await recording({ maxBatchRecords: 2 })
  const gate = Promise.withResolvers<void>()
  const span = recorder.start('work')
  recorder.event(span, 'before')
  let isFlushed = false
  const flushed = recorder.forceFlush().then(() => {
    isFlushed = true
  })
  await clock.advance(0)
  producer.before = () => gate.promise
  recorder.event(span, 'after')
  await flushed
  expect(isFlushed).toBe(true)
  expect(producer.batches.flat()).toHaveLength(2)
  gate.resolve()
  await recorder.close()
})

it('a flush does not wait for the next attempt to be due', async () => {
  const { recorder, producer, clock } = await recording()
  producer.fail = unreachable
  recorder.start('work')
  await clock.advance(20_000)
  producer.fail = () => undefined
  await recorder.forceFlush()
  expect(producer.batches.flat()).toHaveLength(1)
})

it('T7: what does not get out at the end is told in one line, and the client is closed', async () => {
  const { recorder, producer, clock, lines, stats } = await recording()
  producer.fail = unreachable
  const span = recorder.start('work')
  recorder.stop(span)
  const closed = recorder.close()
  await clock.advance(20_000)
  await closed
  expect(producer.isClosed()).toBe(true)
  expect(lines.join('\n')).toContain('2 records did not get to Kafka: Cannot connect to any broker.')
  expect(stats()?.failures).toBeGreaterThan(0)
  expect(clock.pending()).toBe(0)
})

it('without the client package the exporter is not used, and a line says what to install', async () => {
  const lines: string[] = []
  const exporter = kafkaExporter(
    { brokers: ['kafka:9092'] },
    {
      open: async () => {
        throw new Error('the Kafka exporter needs a package of its own: npm install @platformatic/kafka')
      },
    },
  )
  const recorder = createRecorder({ exporters: [exporter], log: (line) => lines.push(line) })
  expect(recorder.timedSpan('work', {}, () => 'done')).toBe('done')
  await recorder.close()
  expect(lines.join('\n')).toContain('npm install @platformatic/kafka')
})
