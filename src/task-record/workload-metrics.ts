import type { Meter, MetricOptions } from '@opentelemetry/api'
import { correlationKeys } from '../telemetry/correlation.ts'
import type { Attributes, MetricEvent } from '../workload-events.ts'
import { type Ignore, withinLimit } from './ignored.ts'
import { isMetricName, isMetricUnit } from './metric-name.ts'

/** Different metrics that a workload may name. */
export const mostWorkloadMetrics = 256

type Kind = MetricEvent['kind']
type Take = (value: number, attributes: Attributes) => void

const creators: Readonly<Record<Kind, (meter: Meter, name: string, options: MetricOptions) => Take>> = {
  gauge: (meter, name, options) => {
    const gauge = meter.createGauge(name, options)
    return (value, attributes) => gauge.record(value, attributes)
  },
  counter: (meter, name, options) => {
    const counter = meter.createCounter(name, options)
    return (value, attributes) => counter.add(value, attributes)
  },
  histogram: (meter, name, options) => {
    const histogram = meter.createHistogram(name, options)
    return (value, attributes) => histogram.record(value, attributes)
  },
}

/** One NaN would stay in a sum for ever, and the SDK drops what is negative. */
const canTake = (kind: Kind, value: number) => kind === 'gauge' || (Number.isFinite(value) && value >= 0)

const withoutKeys = (attributes: Attributes) =>
  Object.keys(attributes).some((key) => correlationKeys.has(key))
    ? Object.fromEntries(Object.entries(attributes).filter(([key]) => !correlationKeys.has(key)))
    : attributes

/**
 * The metrics that a workload names itself. A name keeps the kind and the unit that it had first; attributes that
 * would make a series of each run are left out.
 */
export const createWorkloadMetrics = (meter: Meter, ignore: Ignore) => {
  const known = new Map<string, { readonly kind: Kind; readonly unit: string; readonly take: Take }>()

  const create = ({ name, kind, unit = '' }: MetricEvent) => {
    if (known.size >= mostWorkloadMetrics) {
      ignore('metric.count', name)
      return undefined
    }
    if (!isMetricName(name)) {
      ignore('metric.name', name)
      return undefined
    }
    const usableUnit = isMetricUnit(unit) ? unit : ''
    const metric = { kind, unit, take: creators[kind](meter, name, { unit: usableUnit }) }
    // names that differ in their case only are the same to OpenTelemetry
    known.set(name.toLowerCase(), metric)
    return metric
  }

  return (event: MetricEvent): void => {
    const { name, kind, unit, value, attributes } = event
    const metric = known.get(name.toLowerCase()) ?? create(event)
    if (!metric) return
    if (metric.kind !== kind || (unit !== undefined && unit !== metric.unit)) ignore('metric.conflict', name)
    else if (!canTake(kind, value)) ignore('metric.value', name)
    else metric.take(value, withinLimit(withoutKeys(attributes), name, ignore))
  }
}
