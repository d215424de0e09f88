import type { Meter, MetricOptions } from '@opentelemetry/api'
import { instrumentOf, type NamePreset } from './instruments.ts'
import { type MetricKind, type MetricName, metricConventions } from './metrics.ts'

/** Adds a value to a counter, or records one: the same call for every kind of metric. */
export type Take = (value: number, attributes: Readonly<Record<string, string | number | boolean>>) => void

const makers: Readonly<Record<MetricKind, (meter: Meter, name: string, options: MetricOptions) => Take>> = {
  gauge: (meter, name, options) => {
    const gauge = meter.createGauge(name, options)
    return (value, attributes) => gauge.record(value, attributes)
  },
  counter: (meter, name, options) => {
    const counter = meter.createCounter(name, options)
    return (value, attributes) => counter.add(value, attributes)
  },
  updowncounter: (meter, name, options) => {
    const counter = meter.createUpDownCounter(name, options)
    return (value, attributes) => counter.add(value, attributes)
  },
  histogram: (meter, name, options) => {
    const histogram = meter.createHistogram(name, options)
    return (value, attributes) => histogram.record(value, attributes)
  },
}

/** Of a metric that somebody else names. */
export const takerOf = (meter: Meter, kind: MetricKind, name: string, options: MetricOptions): Take =>
  makers[kind](meter, name, options)

/** Of a metric of ours, under the names that are wanted. */
export const conventionalTaker = (meter: Meter, metric: MetricName, names: readonly NamePreset[]): Take => {
  const { name, options, rename } = instrumentOf(metric, names)
  const take = takerOf(meter, metricConventions[metric].kind, name, options)
  return rename ? (value, attributes) => take(value, rename(attributes)) : take
}

/** One NaN would stay in a sum for ever, and the SDK drops what is negative where it may not be. */
export const canTake = (kind: MetricKind, value: number): boolean => {
  if (kind === 'gauge') return true
  return Number.isFinite(value) && (value >= 0 || kind === 'updowncounter')
}
