/** Exporters and processors whose items are counted. */
import { TraceFlags } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import { countPoints } from './intake/count-points.ts'
import type { Counter } from './tally.ts'

const settle = (counter: Counter, items: number, result: ExportResult) => {
  if (result.code === ExportResultCode.SUCCESS) counter.add('delivered', items)
  else counter.drop(items, result.error?.message ?? 'no reason given')
}

interface ItemExporter<T> {
  readonly export: (items: T[], done: (result: ExportResult) => void) => void
  readonly forceFlush?: () => Promise<void>
  readonly shutdown: () => Promise<void>
}

/** The same exporter of spans or log records, its results counted. */
export const countItems = <T>(exporter: ItemExporter<T>, counter: Counter) => ({
  export: (items: T[], done: (result: ExportResult) => void) =>
    exporter.export(items, (result) => {
      settle(counter, items.length, result)
      done(result)
    }),
  forceFlush: async () => exporter.forceFlush?.(),
  shutdown: () => exporter.shutdown(),
})

/** The same metric exporter, its points and results counted. */
export const countMetrics = (exporter: PushMetricExporter, counter: Counter): PushMetricExporter => ({
  export: (metrics, done) => {
    const points = countPoints(metrics)
    counter.add('emitted', points)
    exporter.export(metrics, (result) => {
      settle(counter, points, result)
      done(result)
    })
  },
  forceFlush: () => exporter.forceFlush(),
  shutdown: () => exporter.shutdown(),
  ...(exporter.selectAggregation && { selectAggregation: exporter.selectAggregation.bind(exporter) }),
  ...(exporter.selectAggregationTemporality && {
    selectAggregationTemporality: exporter.selectAggregationTemporality.bind(exporter),
  }),
})

const nothing = async () => {}

/** Counts the spans that will be exported. */
export const countSpans = (counter: Counter): SpanProcessor => ({
  onStart: () => {},
  onEnd: (span) => {
    if (span.spanContext().traceFlags & TraceFlags.SAMPLED) counter.add('emitted', 1)
  },
  forceFlush: nothing,
  shutdown: nothing,
})

/** Counts log records. */
export const countLogs = (counter: Counter): LogRecordProcessor => ({
  onEmit: () => {
    counter.add('emitted', 1)
  },
  forceFlush: nothing,
  shutdown: nothing,
})
