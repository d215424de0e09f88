import type { Meter } from '@opentelemetry/api'
import { withoutIdentities } from '../semconv/identity.ts'
import type { NamePreset } from '../semconv/instruments.ts'
import { isWorkflowMetric, workflowMetrics } from '../semconv/metrics.ts'
import { canTake, conventionalTaker, type Take, takerOf } from '../semconv/taker.ts'
import { correlationKeys } from '../telemetry/correlation.ts'
import type { Attributes, MetricEvent } from '../workload-events.ts'
import { type Ignore, withinLimit } from './ignored.ts'
import { isMetricName, isMetricUnit } from './metric-name.ts'

/** Different metrics that a workload may name. */
export const mostWorkloadMetrics = 256

/** Without what would make a series of each run, request or file. */
const lasting = (attributes: Attributes, metric: string, ignore: Ignore): Attributes => {
  const { attributes: kept, refused } = withoutIdentities(attributes, (key) => correlationKeys.has(key))
  const [first] = refused
  if (first !== undefined)
    ignore('metric.identity', `the attribute '${first.slice(0, 40)}' of the metric '${metric}'`)
  return kept
}

interface Known {
  readonly kind: MetricEvent['kind']
  /** Undefined for a metric of ours, of which nobody else says kind and unit. */
  readonly unit: string | undefined
  readonly take: Take
}

/**
 * The metrics that a workload names itself. A name keeps the kind and the unit that it had first; one of a workflow's
 * metrics has its own.
 */
export const createWorkloadMetrics = (meter: Meter, names: readonly NamePreset[], ignore: Ignore) => {
  const known = new Map<string, Known>()

  const create = ({ name, kind, unit = '' }: MetricEvent): Known | undefined => {
    if (isWorkflowMetric(name)) {
      const take = conventionalTaker(meter, name, names)
      return { kind: workflowMetrics[name].kind, unit: undefined, take }
    }
    if (known.size >= mostWorkloadMetrics) {
      ignore('metric.count', name)
      return undefined
    }
    if (!isMetricName(name)) {
      ignore('metric.name', name)
      return undefined
    }
    return { kind, unit, take: takerOf(meter, kind, name, { unit: isMetricUnit(unit) ? unit : '' }) }
  }

  const find = (event: MetricEvent): Known | undefined => {
    // names that differ in their case only are the same to OpenTelemetry
    const key = event.name.toLowerCase()
    const metric = known.get(key) ?? create(event)
    if (metric) known.set(key, metric)
    return metric
  }

  return (event: MetricEvent): void => {
    const { name, value, attributes } = event
    const metric = find(event)
    if (!metric) return
    const { kind, unit, take } = metric
    const isOther = unit !== undefined && (event.kind !== kind || (event.unit ?? unit) !== unit)
    if (isOther) ignore('metric.conflict', name)
    else if (!canTake(kind, value)) ignore('metric.value', name)
    else take(value, withinLimit(lasting(attributes, name, ignore), name, ignore))
  }
}
