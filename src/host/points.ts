import type { Temporality } from '../otlp/points/encode-points.ts'
import { type Point, seriesKey } from '../otlp/points/point.ts'
import type { NamePreset } from '../semconv/instruments.ts'
import { type MetricConvention, metricConventions } from '../semconv/metrics.ts'
import { tuftResources } from '../semconv/tuft-resources.ts'
import type { Reading } from './reading.ts'

/** What is known of a counter's series. */
interface Count {
  /** Since our start. */
  readonly total: number
  readonly lastValue: number
  readonly lastMs: number
}

export interface PointsOptions {
  readonly names: readonly NamePreset[]
  /** Of counters. */
  readonly since: Temporality
  /** When the readings began, in milliseconds since 1970. */
  readonly startMs: number
}

const growth = (before: Count | undefined, { value, isFromZero = false }: Reading) => {
  if (before === undefined) return isFromZero ? value : 0
  // it was begun anew, as by a driver that was loaded again
  return value < before.lastValue ? value : value - before.lastValue
}

/**
 * Makes points of readings. A series is told for as long as it is read: what is gone is not repeated, as it would be by
 * OpenTelemetry's observable instruments. Counters count from our start, so that the machine's past is nobody's increase.
 *
 * @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#resets-and-gaps
 */
export const createPoints = ({ names, since, startMs }: PointsOptions) => {
  const counts = new Map<string, Count>()

  const counted = (point: Point, reading: Reading): Point => {
    const key = seriesKey(point)
    const before = counts.get(key)
    const change = growth(before, reading)
    const total = (before?.total ?? 0) + change
    counts.set(key, { total, lastValue: reading.value, lastMs: point.timeMs })
    if (since === 'cumulative') return { ...point, startMs, value: total }
    return { ...point, startMs: before?.lastMs ?? startMs, value: change }
  }

  return (readings: readonly Reading[], timeMs: number): readonly Point[] => {
    const valid = readings.filter(({ value }) => Number.isFinite(value))
    const own = valid.map((reading): Point => {
      const { metric, value, attributes = {} } = reading
      const { kind, unit, description }: MetricConvention = metricConventions[metric]
      const point: Point = { name: metric, type: kind, unit, description, attributes, timeMs, value }
      return kind === 'counter' ? counted(point, reading) : point
    })
    if (!names.includes('tuft')) return own
    return [...own, ...tuftResources(valid).map((point): Point => ({ ...point, type: 'gauge', timeMs }))]
  }
}
