import { TraceFlags } from '@opentelemetry/api'
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Clock } from '../../clock.ts'
import type { Batch } from '../batch.ts'
import type { Counter } from '../tally.ts'
import { createBatcher } from './batcher.ts'

export interface IntakeOptions {
  readonly accept: (batch: Batch) => void
  readonly counter: Counter
  /** How long an item waits for others at most, in milliseconds. */
  readonly delayMs: number
  readonly clock: Clock
}

/** Takes the spans that were sampled, as they end. */
export const spanIntake = ({ counter, ...options }: IntakeOptions): SpanProcessor => {
  const batcher = createBatcher<ReadableSpan>({
    ...options,
    signal: 'traces',
    serialize: (spans) => ProtobufTraceSerializer.serializeRequest(spans),
    onLost: counter.drop,
  })
  const flush = async () => batcher.flush()
  return {
    onStart: () => {},
    onEnd: (span) => {
      if (!(span.spanContext().traceFlags & TraceFlags.SAMPLED)) return
      counter.add('emitted', 1)
      batcher.add(span)
    },
    forceFlush: flush,
    shutdown: flush,
  }
}

/** Takes log records. */
export const logIntake = ({ counter, ...options }: IntakeOptions): LogRecordProcessor => {
  const batcher = createBatcher<ReadableLogRecord>({
    ...options,
    signal: 'logs',
    serialize: (records) => ProtobufLogsSerializer.serializeRequest(records),
    onLost: counter.drop,
  })
  const flush = async () => batcher.flush()
  return {
    onEmit: (record) => {
      counter.add('emitted', 1)
      batcher.add(record, typeof record.body === 'string' ? record.body.length : 0)
    },
    forceFlush: flush,
    shutdown: flush,
  }
}
