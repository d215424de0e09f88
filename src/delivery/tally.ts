import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/** What became of the items of one signal on the way to one destination. */
export interface Tally {
  /** Ended spans, emitted log records; for metrics the points that were collected. */
  emitted: number
  /** Items that the destination acknowledged. */
  delivered: number
  /** Items that were given up. */
  failed: number
}

/** A tally that grows; `onChange` is called after each change. */
export interface Counter {
  readonly tally: Readonly<Tally>
  readonly add: (what: keyof Tally, items: number) => void
}

export const createCounter = (onChange: () => void = () => {}): Counter => {
  const tally: Tally = { emitted: 0, delivered: 0, failed: 0 }
  return {
    tally,
    add: (what, items) => {
      tally[what] += items
      onChange()
    },
  }
}

/** Called with the reason each time a request was given up. */
export type OnFailure = (reason: string, items: number) => void

const settle = (counter: Counter, items: number, result: ExportResult, onFailure: OnFailure) => {
  if (result.code === ExportResultCode.SUCCESS) {
    counter.add('delivered', items)
    return
  }
  counter.add('failed', items)
  onFailure(result.error?.message ?? 'no reason given', items)
}

interface ItemExporter<T> {
  readonly export: (items: T[], done: (result: ExportResult) => void) => void
  readonly forceFlush?: () => Promise<void>
  readonly shutdown: () => Promise<void>
}

/** The same exporter of spans or log records, its results counted. */
export const countItems = <T>(exporter: ItemExporter<T>, counter: Counter, onFailure: OnFailure) => ({
  export: (items: T[], done: (result: ExportResult) => void) =>
    exporter.export(items, (result) => {
      settle(counter, items.length, result, onFailure)
      done(result)
    }),
  forceFlush: async () => exporter.forceFlush?.(),
  shutdown: () => exporter.shutdown(),
})

const countPoints = ({ scopeMetrics }: ResourceMetrics) =>
  scopeMetrics.flatMap(({ metrics }) => metrics).reduce((sum, { dataPoints }) => sum + dataPoints.length, 0)

/** The same metric exporter, its points and results counted. */
export const countMetrics = (
  exporter: PushMetricExporter,
  counter: Counter,
  onFailure: OnFailure,
): PushMetricExporter => ({
  export: (metrics, done) => {
    const points = countPoints(metrics)
    counter.add('emitted', points)
    exporter.export(metrics, (result) => {
      settle(counter, points, result, onFailure)
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
const sampled = 1

/** Counts the spans that will be exported. */
export const countSpans = (counter: Counter): SpanProcessor => ({
  onStart: () => {},
  onEnd: (span) => {
    if (span.spanContext().traceFlags & sampled) counter.add('emitted', 1)
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
