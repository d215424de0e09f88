import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/** What ties all spans and log records of one run together. Never on metrics, where it would be a series each. */
export interface CorrelationKeys {
  readonly 'taskbeat.run_id': string
  readonly 'taskbeat.attempt': number
  readonly 'taskbeat.task_id'?: string
}

/** The names of all keys by which spans and log records are found; none of them is ever a metric's attribute. */
export const correlationKeys: ReadonlySet<string> = new Set([
  'taskbeat.run_id',
  'taskbeat.attempt',
  'taskbeat.task_id',
  'taskbeat.checkpoint',
  'taskbeat.session_id',
  'taskbeat.request_id',
  'taskbeat.operation_type',
])

const nothing = async () => {}

/** Puts the keys on every span as it starts. */
export const correlateSpans = (keys: CorrelationKeys): SpanProcessor => ({
  onStart: (span) => {
    span.setAttributes({ ...keys })
  },
  onEnd: () => {},
  forceFlush: nothing,
  shutdown: nothing,
})

/** Puts the keys on every log record as it is emitted. */
export const correlateLogs = (keys: CorrelationKeys): LogRecordProcessor => ({
  onEmit: (record) => {
    record.setAttributes({ ...keys })
  },
  forceFlush: nothing,
  shutdown: nothing,
})
