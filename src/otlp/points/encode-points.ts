/**
 * Metric points as a request of OTLP. Not through OpenTelemetry's own serializer: its points have no flags, so that
 * it cannot say that a series has ended, and its readers export whatever was observed once for ever.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/metrics/v1/metrics.proto
 */
import type { AttributeValue, Distribution, Point } from './point.ts'
import { type Chunks, double, doubles, fixed64, fixed64s, integer, message, text } from './wire.ts'

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

const anyValue = (value: AttributeValue | readonly unknown[]): Chunks => {
  if (typeof value === 'string') return [text(1, value)]
  if (typeof value === 'boolean') return [integer(2, Number(value))]
  if (typeof value === 'number') return [Number.isSafeInteger(value) ? integer(3, value) : double(4, value)]
  // what has no value has its place all the same
  return [
    message(
      5,
      value.map((one) => message(1, isScalar(one) ? anyValue(one) : [])),
    ),
  ]
}

const attributes = (number: number, values: ResourceAttributes): Chunks =>
  Object.entries(values).flatMap(([key, value]) =>
    isScalar(value) || Array.isArray(value)
      ? message(number, [text(1, key), message(2, anyValue(value))])
      : [],
  )

const nanoseconds = (ms: number) => BigInt(Math.max(0, Math.round(ms))) * 1_000_000n

const times = ({ startMs, timeMs }: Point): Chunks => [
  ...(startMs === undefined ? [] : [fixed64(2, nanoseconds(startMs))]),
  fixed64(3, nanoseconds(timeMs)),
]

const numberPoint = (point: Point): Uint8Array =>
  message(1, [
    ...attributes(7, point.attributes),
    ...times(point),
    typeof point.value === 'number' ? double(4, point.value) : integer(8, noRecordedValue),
  ])

const distribution = ({ count, sum, min, max, bounds, counts }: Distribution): Chunks => [
  fixed64(4, BigInt(count)),
  double(5, sum),
  fixed64s(6, counts),
  doubles(7, bounds),
  double(11, min),
  double(12, max),
]

const histogramPoint = (point: Point): Uint8Array =>
  message(1, [
    ...attributes(9, point.attributes),
    ...times(point),
    ...(typeof point.value === 'object' ? distribution(point.value) : [integer(10, noRecordedValue)]),
  ])

const data = (type: Point['type'], points: readonly Point[], since: Temporality): Uint8Array => {
  if (type === 'gauge') return message(5, points.map(numberPoint))
  if (type === 'histogram')
    return message(9, [...points.map(histogramPoint), integer(2, temporalities[since])])
  // what also falls is told as a whole always
  const isMonotonic = type === 'counter'
  const temporality = temporalities[isMonotonic ? since : 'cumulative']
  return message(7, [...points.map(numberPoint), integer(2, temporality), integer(3, Number(isMonotonic))])
}

const metric = (points: readonly Point[], since: Temporality): Chunks => {
  const [first] = points
  if (first === undefined) return []
  const { name, description, unit, type } = first
  return [message(2, [text(1, name), text(2, description), text(3, unit), data(type, points, since)])]
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
  return message(1, [
    message(1, attributes(1, resource)),
    message(2, [
      message(1, [text(1, name), ...(version === undefined ? [] : [text(2, version)])]),
      ...metrics.flatMap((group) => metric(group ?? [], since)),
    ]),
  ])
}
