import type { NamingExporter } from './collector/exporter.ts'
import { labelName } from './label-name.ts'
import { commonLabels, labelsOf } from './labels.ts'
import { metricName } from './metric-name.ts'
import type { OurMetric } from './our-metrics.ts'
import { escapedName, isLegacyName, queryOf } from './query.ts'
import { type Strategy, strategies } from './strategy.ts'

/** What a metric is behind an exporter. */
export interface ExportedMetric {
  readonly from: OurMetric['from']
  readonly metric: string
  readonly unit: string
  /** In Prometheus; that of a histogram is the beginning of its series. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** The names that it can be asked for by. */
  readonly series: readonly string[]
  /** Made of attributes of its points, which may not be on all of them. */
  readonly labels: readonly string[]
  /** PromQL to begin with. */
  readonly query: string
  readonly remarks: readonly string[]
}

/** A metric that does not come through, and why. */
export interface DroppedMetric {
  readonly from: OurMetric['from']
  readonly metric: string
  readonly unit: string
  readonly dropped: string
}

export type ExplainedMetric = ExportedMetric | DroppedMetric

export interface ExplainedExporter {
  readonly exporter: string
  readonly pipeline: string
  readonly kind: NamingExporter['kind']
  readonly endpoint: string | undefined
  readonly namespace: string
  readonly strategy: Strategy
  /** Of every series, beside its own. */
  readonly labels: readonly string[]
  /** What `job` holds. */
  readonly job: string | undefined
  /** The metric that has the attributes of the resource as labels. */
  readonly targetInfo: string | undefined
  readonly remarks: readonly string[]
  readonly metrics: readonly ExplainedMetric[]
}

const explainMetric = (metric: OurMetric, exporter: NamingExporter): ExplainedMetric => {
  const { from, name: ownName, unit, kind } = metric
  const start = { from, metric: ownName, unit }
  const name = metricName(metric, exporter)
  if (name === undefined) return { ...start, dropped: 'no name can be made of it' }
  const labels = labelsOf(metric.attributes, exporter)
  if ('dropped' in labels) return { ...start, dropped: labels.dropped }
  const isSplit = kind === 'histogram' && !exporter.hasNativeHistograms
  return {
    ...start,
    name,
    type: kind === 'updowncounter' ? 'gauge' : kind,
    series: isSplit ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ...labels,
    query: queryOf(name, kind, exporter.hasNativeHistograms),
  }
}

/** Two metrics of one name are one in Prometheus, or, with different types, one of them is lost. */
const withClashes = (metrics: readonly ExplainedMetric[]): readonly ExplainedMetric[] =>
  metrics.map((one) => {
    if ('dropped' in one) return one
    const others = metrics.filter(
      (other): other is ExportedMetric => other !== one && 'name' in other && other.name === one.name,
    )
    const remarks = others.map((other) =>
      other.type === one.type
        ? `${other.metric} has the same name`
        : `${other.metric} has the same name as a ${other.type}: which of them comes later is dropped`,
    )
    return remarks.length === 0 ? one : { ...one, remarks: [...one.remarks, ...remarks] }
  })

const jobOf = ({ service }: NamingExporter): string | undefined => {
  const { 'service.name': name = '<service.name>', 'service.namespace': namespace } = service
  if (Object.hasOwn(service, 'service.name') && service['service.name'] === undefined) return undefined
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** Only where it is known who sends: a target has both labels. */
const targetInfoOf = (exporter: NamingExporter, labels: readonly string[]): string | undefined => {
  const { hasTargetInfo, kind, namespace, strategy } = exporter
  const identity = ['job', 'instance'].filter((label) => labels.includes(label)).length
  if (!hasTargetInfo || identity < (kind === 'scraped' ? 2 : 1)) return undefined
  if (namespace === '') return 'target_info'
  const isAsItIs = kind === 'written' || !strategies[strategy].escapes
  const prefix = isAsItIs ? namespace : labelName(namespace, { escapes: true, tidies: false })
  return prefix === undefined ? 'target_info' : `${prefix}_target_info`
}

/** What of the names and labels themselves people should know. */
const nameRemarks = (exporter: NamingExporter, metrics: readonly ExplainedMetric[]): readonly string[] => {
  const { kind, namespace, strategy, resourceLabels, hasScopeLabels } = exporter
  const example = metrics.find((one): one is ExportedMetric => 'name' in one && !isLegacyName(one.name))
  const forOthers =
    kind === 'scraped' && example ? `; Prometheus 2 and curl get ${escapedName(example.name)}` : ''
  const butService =
    resourceLabels === 'all' ? '' : ' but service.name, service.namespace and service.instance.id'
  return [
    example && `names with other signs than letters, digits, _ and : are for Prometheus 3${forOthers}`,
    example &&
      strategies[strategy].escapes &&
      `the namespace '${namespace}' is put before the names as it is: with _ for other signs they would be plain`,
    resourceLabels !== 'none' &&
      `every attribute of the resource${butService} is a label too (resource_to_telemetry_conversion)`,
    kind === 'written' &&
      hasScopeLabels &&
      'metrics of the bridge have a label otel_scope_version too; tasks do not tell it, and remote write leaves out what is empty',
  ].filter((remark) => typeof remark === 'string')
}

/** The name, type and labels of each metric behind an exporter. */
export const explainNames = (metrics: readonly OurMetric[], exporter: NamingExporter): ExplainedExporter => {
  const { id, pipeline, kind, endpoint, namespace, strategy, remarks } = exporter
  const explained = withClashes(metrics.map((metric) => explainMetric(metric, exporter)))
  const labels = commonLabels(exporter)
  return {
    exporter: id,
    ...{ pipeline, kind, endpoint, namespace, strategy, labels },
    job: jobOf(exporter),
    targetInfo: targetInfoOf(exporter, labels),
    remarks: [...remarks, ...nameRemarks(exporter, explained)],
    metrics: explained,
  }
}
