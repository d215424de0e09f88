import type {
  Counter,
  Gauge,
  Histogram,
  Meter,
  MetricOptions,
  ObservableCounter,
  ObservableGauge,
  UpDownCounter,
} from '@opentelemetry/api'
import { type MetricConvention, type MetricName, type MetricOf, metricConventions } from './metrics.ts'
import { type Labels, tuftAttributes, tuftMetrics } from './tuft.ts'

/** Names that existing dashboards were built on: those of TuFT's metrics, OneLogger's spans and events. */
export const namePresets = ['tuft', 'onelogger'] as const
export type NamePreset = (typeof namePresets)[number]

interface Wanted {
  readonly name: string
  readonly options: MetricOptions
  /** Translates attributes; undefined where they stay. */
  readonly rename: (<V>(attributes: Labels<V>) => Labels<V | string>) | undefined
}

/** What the instrument of a metric is made of, under the names that are wanted. */
export const instrumentOf = (metric: MetricName, names: readonly NamePreset[]): Wanted => {
  const { unit, description, boundaries }: MetricConvention = metricConventions[metric]
  const tuft = names.includes('tuft') ? tuftMetrics[metric] : undefined
  return {
    name: tuft?.name ?? metric,
    options: {
      description,
      unit: tuft?.unit ?? unit,
      ...(boundaries && { advice: { explicitBucketBoundaries: [...boundaries] } }),
    },
    rename: tuft && ((attributes) => tuftAttributes(metric, attributes)),
  }
}

/** Makes the instruments of our metrics, of which nobody else says kind, unit or description. */
export interface Instruments {
  readonly counter: (metric: MetricOf<'counter'>) => Counter
  readonly upDownCounter: (metric: MetricOf<'updowncounter'>) => UpDownCounter
  readonly gauge: (metric: MetricOf<'gauge'>) => Gauge
  readonly histogram: (metric: MetricOf<'histogram'>) => Histogram
  readonly observableCounter: (metric: MetricOf<'counter'>) => ObservableCounter
  readonly observableGauge: (metric: MetricOf<'gauge'>) => ObservableGauge
}

const adding = (instrument: Counter, { rename }: Wanted): Counter =>
  rename ? { add: (value, attributes = {}) => instrument.add(value, rename(attributes)) } : instrument

const recording = (instrument: Histogram, { rename }: Wanted): Histogram =>
  rename ? { record: (value, attributes = {}) => instrument.record(value, rename(attributes)) } : instrument

export const instrumentsOf = (meter: Meter, names: readonly NamePreset[] = []): Instruments => {
  const make = <T>(metric: MetricName, create: (wanted: Wanted) => T) => create(instrumentOf(metric, names))
  return {
    counter: (metric) =>
      make(metric, (wanted) => adding(meter.createCounter(wanted.name, wanted.options), wanted)),
    upDownCounter: (metric) =>
      make(metric, (wanted) => adding(meter.createUpDownCounter(wanted.name, wanted.options), wanted)),
    histogram: (metric) =>
      make(metric, (wanted) => recording(meter.createHistogram(wanted.name, wanted.options), wanted)),
    // what only taskbeat tells has one name
    gauge: (metric) => make(metric, ({ name, options }) => meter.createGauge(name, options)),
    observableCounter: (metric) =>
      make(metric, ({ name, options }) => meter.createObservableCounter(name, options)),
    observableGauge: (metric) =>
      make(metric, ({ name, options }) => meter.createObservableGauge(name, options)),
  }
}
