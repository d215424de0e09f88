/**
 * Queries of Prometheus over the metrics of the registry. A metric that is not in it, an attribute that the metric does
 * not have, or the rate of what is no counter does not compile; what all of them are called in Prometheus says
 * `explain-names`' own code.
 */
import { labelName } from '../../src/naming/label-name.ts'
import { metricName } from '../../src/naming/metric-name.ts'
import type { AttributeName } from '../../src/semconv/attributes.ts'
import {
  type MetricConvention,
  type MetricName,
  type MetricOf,
  metricConventions,
} from '../../src/semconv/metrics.ts'

/**
 * What Prometheus does to names that it gets by OTLP, if it is told nothing else: grafana/otel-lgtm tells it nothing.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file, `otlp`
 */
const naming = { namespace: '', strategy: 'UnderscoreEscapingWithSuffixes' } as const

type Attributes<M extends MetricName> = (typeof metricConventions)[M] extends {
  readonly attributes: readonly (infer A extends AttributeName)[]
}
  ? A
  : never

/** Metrics that have one series for each set of attributes. */
export type PlainMetric = Exclude<MetricName, MetricOf<'histogram'>>

/** Labels that Prometheus gives to all that comes by OTLP: service (with its namespace), and `service.instance.id`. */
type Target = 'job' | 'instance'
/** What the platform says of a task is on its resource. */
export type Label = AttributeName | Target | 'nvct.task.name'

/** A value, or a regular expression (RE2) of a whole value; `isNot` that it must not be. */
type Wanted = string | { readonly like: string } | { readonly isNot: string } | { readonly unlike: string }
export type Where<M extends MetricName> = [Attributes<M>] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [A in Attributes<M>]?: Wanted }

/** The label that an attribute is; of what Prometheus adds, the name itself. */
export const label = (attribute: Label): string => {
  const name = labelName(attribute, { escapes: true, tidies: false })
  if (name === undefined) throw new Error(`${attribute} cannot be a label`)
  return name
}

const prometheusName = (metric: MetricName): string => {
  const { kind, unit }: MetricConvention = metricConventions[metric]
  const name = metricName({ name: metric, kind, unit }, naming)
  if (name === undefined) throw new Error(`${metric} cannot be a metric`)
  return name
}

const matcher = ([attribute, wanted]: readonly [string, Wanted]): string => {
  const name = label(attribute as Label)
  if (typeof wanted === 'string') return `${name}="${wanted}"`
  if ('like' in wanted) return `${name}=~"${wanted.like}"`
  if ('unlike' in wanted) return `${name}!~"${wanted.unlike}"`
  return `${name}!="${wanted.isNot}"`
}

const selector = (name: string, matchers: readonly string[]) =>
  matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`

/** How to ask for metrics of some tasks. */
export interface Asking {
  /** Series of a metric. */
  readonly of: <M extends PlainMetric>(metric: M, where?: Where<M>) => string
  /** By how much a counter grows in a second. */
  readonly rate: <M extends MetricOf<'counter'>>(metric: M, where?: Where<M>) => string
  /** The mean of what a histogram measured lately; of what is measured often. */
  readonly mean: (metric: MetricOf<'histogram'>, by?: readonly Label[]) => string
  /** The mean of all that it measured: what is measured once in a while has no rate. */
  readonly meanOfAll: (metric: MetricOf<'histogram'>, by?: readonly Label[]) => string
  readonly count: <M extends MetricOf<'histogram'>>(metric: M, where?: Where<M>) => string
  /** Attributes of the tasks' resources, as labels. */
  readonly targetInfo: string
}

/**
 * @param common - matchers that every selector has
 * @param window - that rates are of: longer than four times what lies between two points
 */
export const asking = (common: readonly string[], window: string): Asking => {
  const select = (name: string, where: object) =>
    selector(name, [...common, ...Object.entries(where as Record<string, Wanted>).map(matcher)])
  const count: Asking['count'] = (metric, where = {}) => select(`${prometheusName(metric)}_count`, where)
  const ratio = (metric: MetricOf<'histogram'>, by: readonly Label[], of: (series: string) => string) =>
    `${sumBy(by, of(select(`${prometheusName(metric)}_sum`, {})))} / ${sumBy(by, of(count(metric)))}`
  return {
    of: (metric, where = {}) => select(prometheusName(metric), where),
    rate: (metric, where = {}) => `rate(${select(prometheusName(metric), where)}[${window}])`,
    mean: (metric, by = ['instance']) => ratio(metric, by, (series) => `rate(${series}[${window}])`),
    meanOfAll: (metric, by = ['instance']) => ratio(metric, by, (series) => series),
    count,
    targetInfo: selector('target_info', common),
  }
}

const aggregate = (how: string) => (by: readonly Label[], query: string) =>
  `${how} by (${by.map(label).join(', ')}) (${query})`

export const sumBy = aggregate('sum')
export const maxBy = aggregate('max')
export const minBy = aggregate('min')
export const avgBy = aggregate('avg')
export const countBy = aggregate('count')

/** One task: what a service calls an instance, and Prometheus a target. */
export const task = ['job', 'instance'] as const satisfies readonly Label[]
/** To put between two queries of tasks. */
export const onTask = `on (${task.join(', ')})`

/**
 * Counters that have grown within a window, by how much. One that was not there at its beginning has grown too: the first
 * error of a kind makes its series, and Prometheus does not know that it was 0 before.
 */
export const grew = (series: string, window: string): string =>
  `increase(${series}[${window}]) > 0 or (${series} unless ${series} offset ${window}) > 0`
