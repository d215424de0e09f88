import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/** What the SDK hands its items to. */
export interface Parts {
  readonly spanProcessors: SpanProcessor[]
  readonly metricReaders: IMetricReader[]
  readonly logRecordProcessors: LogRecordProcessor[]
}
