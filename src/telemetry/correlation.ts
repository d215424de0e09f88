import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/** What ties all spans and log records of one run together. Never on metrics, where it would be a series each. */
export interface CorrelationKeys {
  readonly 'taskbeat.run_id': string
  readonly 'taskbeat.attempt': number
  readonly 'taskbeat.task_id'?: string
}

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
