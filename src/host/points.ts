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
  /** When it began to count. */
  readonly startMs: number
  /** In which it was told last, by number. */
  readonly reading: number
  /** Then its first value would count again: it is not forgotten. There are few of these. */
  readonly isFromZero: boolean
}

/** A series that was not read for so long is forgotten: names of network interfaces come and go without end. */
const readingsToForget = 100

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
 * One that appears later counts from the reading before: had it been there and been forgotten, it would fall otherwise.
 *
 * @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#resets-and-gaps
 */
export const createPoints = ({ names, since, startMs }: PointsOptions) => {
  const counts = new Map<string, Count>()
  let reading = 0
  /** Of the reading before. */
  let beforeMs = startMs

  const counted = (point: Point, read: Reading): Point => {
    const { value, isFromZero = false } = read
    const key = seriesKey(point)
    const before = counts.get(key)
    const change = growth(before, read)
    const total = (before?.total ?? 0) + change
    const beganMs = before?.startMs ?? (isFromZero ? startMs : beforeMs)
    counts.set(key, { total, lastValue: value, lastMs: point.timeMs, startMs: beganMs, reading, isFromZero })
    if (since === 'cumulative') return { ...point, startMs: beganMs, value: total }
    return { ...point, startMs: before?.lastMs ?? beganMs, value: change }
  }

  const forget = () => {
    for (const [key, count] of counts) {
      if (!count.isFromZero && reading - count.reading >= readingsToForget) counts.delete(key)
    }
  }

  return (readings: readonly Reading[], timeMs: number): readonly Point[] => {
    reading += 1
    const valid = readings.filter(({ value }) => Number.isFinite(value))
    const own = valid.map((read): Point => {
      const { metric, value, attributes = {} } = read
      const { kind, unit, description }: MetricConvention = metricConventions[metric]
      const point: Point = { name: metric, type: kind, unit, description, attributes, timeMs, value }
      return kind === 'counter' ? counted(point, read) : point
    })
    forget()
    beforeMs = timeMs
    if (!names.includes('tuft')) return own
    return [...own, ...tuftResources(valid).map((point): Point => ({ ...point, type: 'gauge', timeMs }))]
  }
}
