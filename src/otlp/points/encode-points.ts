/**
 * Metric points as a request of OTLP. Not through OpenTelemetry's own serializer: its points have no flags, so that
 * it cannot say that a series has ended, and its readers export whatever was observed once for ever.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/metrics/v1/metrics.proto
 */
import type { AttributeValue, Distribution, Point } from './point.ts'
import { createWriter, type Writer } from './wire.ts'

/** As OpenTelemetry's resources have them: scalars and lists; what is neither is left out. */
export type ResourceAttributes = Readonly<Record<string, unknown>>

export interface Origin {
  readonly resource: ResourceAttributes
  readonly scope: { readonly name: string; readonly version?: string }
  /** @default 'cumulative' */
  readonly since?: Temporality
}

const noRecordedValue = 1

/** What a counter's or histogram's value is since: its start, or the point before. */
export type Temporality = 'cumulative' | 'delta'
const temporalities: Readonly<Record<Temporality, number>> = { delta: 1, cumulative: 2 }

const isScalar = (value: unknown): value is AttributeValue =>
  ['string', 'number', 'boolean'].includes(typeof value)

const scalar = (to: Writer, value: AttributeValue) => {
  if (typeof value === 'string') to.text(1, value)
  else if (typeof value === 'boolean') to.integer(2, Number(value))
  else if (Number.isSafeInteger(value)) to.integer(3, value)
  else to.double(4, value)
}

const list = (to: Writer, values: readonly unknown[]) =>
  to.message(5, () => {
    for (const value of values) {
      // what has no value has its place all the same
      to.message(1, () => {
        if (isScalar(value)) scalar(to, value)
      })
    }
  })

const attributes = (to: Writer, number: number, values: ResourceAttributes) => {
  for (const [key, value] of Object.entries(values)) {
    if (!isScalar(value) && !Array.isArray(value)) continue
    to.message(number, () => {
      to.text(1, key)
      to.message(2, () => (isScalar(value) ? scalar(to, value) : list(to, value)))
    })
  }
}

const nanoseconds = (ms: number) => BigInt(Math.max(0, Math.round(ms))) * 1_000_000n

const times = (to: Writer, { startMs, timeMs }: Point) => {
  if (startMs !== undefined) to.fixed64(2, nanoseconds(startMs))
  to.fixed64(3, nanoseconds(timeMs))
}

const numberPoint = (to: Writer, point: Point) =>
  to.message(1, () => {
    attributes(to, 7, point.attributes)
    times(to, point)
    if (typeof point.value === 'number') to.double(4, point.value)
    else to.integer(8, noRecordedValue)
  })

const distribution = (to: Writer, { count, sum, min, max, bounds, counts }: Distribution) => {
  to.fixed64(4, BigInt(count))
  to.double(5, sum)
  to.fixed64s(6, counts)
  to.doubles(7, bounds)
  to.double(11, min)
  to.double(12, max)
}

const histogramPoint = (to: Writer, point: Point) =>
  to.message(1, () => {
    attributes(to, 9, point.attributes)
    times(to, point)
    if (typeof point.value === 'object') distribution(to, point.value)
    else to.integer(10, noRecordedValue)
  })

const data = (to: Writer, type: Point['type'], points: readonly Point[], since: Temporality) => {
  const numbers = () => {
    for (const point of points) numberPoint(to, point)
  }
  if (type === 'gauge') return to.message(5, numbers)
  if (type === 'histogram')
    return to.message(9, () => {
      for (const point of points) histogramPoint(to, point)
      to.integer(2, temporalities[since])
    })
  // what also falls is told as a whole always
  const isMonotonic = type === 'counter'
  to.message(7, () => {
    numbers()
    to.integer(2, temporalities[isMonotonic ? since : 'cumulative'])
    to.integer(3, Number(isMonotonic))
  })
}

const metric = (to: Writer, points: readonly Point[], since: Temporality) => {
  const [first] = points
  if (first === undefined) return
  const { name, description, unit, type } = first
  to.message(2, () => {
    to.text(1, name)
    to.text(2, description)
    to.text(3, unit)
    data(to, type, points, since)
  })
}

/**
 * `ExportMetricsServiceRequest` in protobuf; points of one name and type are one metric.
 *
 * The end of a series is a metric of its own, behind those with values: in one metric, the Collector's Prometheus exporter
 * takes no notice of what follows the first end.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.158.0/exporter/prometheusexporter/accumulator.go#L166-L169
 */
export const encodePoints = (
  points: readonly Point[],
  { resource, scope, since = 'cumulative' }: Origin,
): Uint8Array => {
  const valued = points.filter(({ value }) => value !== undefined)
  const metrics = [
    ...Object.values(Object.groupBy(valued, ({ name, type }) => `${type} ${name}`)),
    ...points.filter(({ value }) => value === undefined).map((end) => [end]),
  ]
  const { name, version } = scope
  const to = createWriter()
  to.message(1, () => {
    to.message(1, () => attributes(to, 1, resource))
    to.message(2, () => {
      to.message(1, () => {
        to.text(1, name)
        if (version !== undefined) to.text(2, version)
      })
      for (const group of metrics) metric(to, group ?? [], since)
    })
  })
  return to.bytes()
}
