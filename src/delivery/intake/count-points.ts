import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** The points of a collection: the items of metrics. */
export const countPoints = ({ scopeMetrics }: ResourceMetrics): number =>
  scopeMetrics.flatMap(({ metrics }) => metrics).reduce((sum, { dataPoints }) => sum + dataPoints.length, 0)
