import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
} from '@opentelemetry/sdk-metrics'
import type { Point } from '../otlp/points/point.ts'
import { type ConsoleFormat, consoleExporters } from './console.ts'

const hrTime = (ms: number): [number, number] => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)]

const kinds = {
  gauge: DataPointType.GAUGE,
  counter: DataPointType.SUM,
  updowncounter: DataPointType.SUM,
  histogram: DataPointType.HISTOGRAM,
} as const

const otelValue = (value: Exclude<Point['value'], undefined>) => {
  if (typeof value === 'number') return value
  const { bounds, counts, ...rest } = value
  return { ...rest, buckets: { boundaries: [...bounds], counts: [...counts] } }
}

const metricOf = ({ name, unit, description, type, attributes, startMs, timeMs, value }: Point) => {
  // there is nothing to see of a series that has ended
  if (value === undefined) return []
  const point: DataPoint<unknown> = {
    ...{ attributes, value: otelValue(value) },
    startTime: hrTime(startMs ?? timeMs),
    endTime: hrTime(timeMs),
  }
  return {
    descriptor: { name, unit, description },
    dataPointType: kinds[type],
    dataPoints: [point],
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  } as unknown as MetricData
}

/** Shows points as the console shows all metrics. */
export const printPoints = (
  points: readonly Point[],
  scope: string,
  print: (line: string) => void,
  format: ConsoleFormat,
): void =>
  consoleExporters(print, format).metrics.export(
    {
      resource: emptyResource(),
      scopeMetrics: [{ scope: { name: scope }, metrics: points.flatMap(metricOf) }],
    },
    () => {},
  )
