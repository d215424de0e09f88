import { type Clock, systemClock } from '../../clock.ts'
import type { Exporter } from '../exporter.ts'
import { recordExporter } from '../exporters/record-exporter.ts'
import type { ExportRecord } from '../exporters/records.ts'
import { createOutgoing, type Outgoing, type OutgoingLimits } from './outgoing.ts'
import { openProducer } from './producer.ts'

export interface KafkaExporterOptions extends Partial<OutgoingLimits> {
  /** Those to begin with, `host:port`; the rest of the cluster is found through them. */
  readonly brokers: readonly string[]
  /** @default 'taskbeat-recorder' */
  readonly topic?: string
  /** @default 'taskbeat-recorder' */
  readonly clientId?: string
  /**
   * What else the client is made with, such as `sasl`, `tls`, `connectTimeout`, `autocreateTopics`.
   *
   * @see https://github.com/platformatic/kafka/blob/main/docs/producer.md
   */
  readonly client?: Readonly<Record<string, unknown>>
  /** For messages. @default 'kafka' */
  readonly name?: string
}

const kibibyte = 1024
/** Below what a broker takes at once unless it is told otherwise, 1 MiB with what is around it. */
const defaultLimits: OutgoingLimits = {
  maxBufferedRecords: 10_000,
  maxBufferedBytes: 16 * kibibyte * kibibyte,
  maxBatchRecords: 500,
  maxBatchBytes: 900 * kibibyte,
  lingerMs: 100,
}

const limitsOf = (options: KafkaExporterOptions): OutgoingLimits => ({
  maxBufferedRecords: options.maxBufferedRecords ?? defaultLimits.maxBufferedRecords,
  maxBufferedBytes: options.maxBufferedBytes ?? defaultLimits.maxBufferedBytes,
  maxBatchRecords: options.maxBatchRecords ?? defaultLimits.maxBatchRecords,
  maxBatchBytes: options.maxBatchBytes ?? defaultLimits.maxBatchBytes,
  lingerMs: options.lingerMs ?? defaultLimits.lingerMs,
})

const keyOf = (record: ExportRecord): string | undefined =>
  record.type === 'telemetry_data_error' ? undefined : record.trace_id

/**
 * An exporter to Kafka: one message a record, the JSON that the file exporter would write, its key the trace id.
 *
 * Records are taken at once and sent in batches. A broker that is away is tried again and again, and nothing is lost
 * that was taken; when the buffer is full, what comes then is refused, and that counts as failures. Every message
 * arrives at least once: `count`, which grows by one for each record of this exporter, together with `pid` tells which
 * came twice.
 *
 * Needs the package `@platformatic/kafka`. To deliver all, close the recorder: what waits does not keep a process alive.
 */
export const kafkaExporter = (
  options: KafkaExporterOptions,
  { open = openProducer, clock = systemClock }: { open?: typeof openProducer; clock?: Clock } = {},
): Exporter => {
  const { brokers, topic = 'taskbeat-recorder', clientId = 'taskbeat-recorder', client = {} } = options
  const { name = 'kafka' } = options
  let outgoing: Outgoing | undefined
  let closeProducer = async () => {}
  let count = 0

  const take = (record: ExportRecord) => {
    count += 1
    if (!outgoing) throw new Error(`${name} is not open`)
    const value = Buffer.from(JSON.stringify({ ...record, count, pid: process.pid }))
    const message = { key: keyOf(record), value, timestampMs: clock.now().getTime() }
    // there are few of these, and they say that others are missing
    outgoing.add(message, record.type === 'telemetry_data_error')
  }

  const exporter = recordExporter(name, take)
  return {
    ...exporter,
    deliversLater: true,
    initialize: async (host) => {
      await exporter.initialize?.(host)
      const producer = await open({ brokers, topic, clientId, client })
      closeProducer = producer.close
      outgoing = createOutgoing({
        ...limitsOf(options),
        producer,
        clock,
        delivered: host.delivered,
        lost: host.failed,
      })
    },
    forceFlush: async () => outgoing?.flush(),
    close: async () => {
      try {
        await outgoing?.close()
      } finally {
        outgoing = undefined
        await closeProducer()
      }
    },
  }
}
