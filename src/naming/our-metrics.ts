import { collectPoints } from '../bridge/convert/collect-points.ts'
import { newState } from '../bridge/convert/state.ts'
import type { Mapping } from '../bridge/mapping/mapping.ts'
import { instrumentOf, type NamePreset } from '../semconv/instruments.ts'
import { type MetricConvention, type MetricName, metricConventions } from '../semconv/metrics.ts'
import { type TuftResource, tuftResourceMetrics } from '../semconv/tuft-resources.ts'
import type { Named } from './metric-name.ts'

/** A metric as it leaves us. */
export interface OurMetric extends Named {
  /** `task`: of `run`, `simulate` and the recorder. `bridge`: of a metrics file, and of the bridge itself. */
  readonly from: 'task' | 'bridge'
  readonly description: string
  /** All that its points may have. */
  readonly attributes: readonly string[]
}

const tuftResource = ({ name, unit, description, of }: TuftResource): OurMetric => ({
  ...{ from: 'task', kind: 'gauge', name, unit, description },
  attributes: of.startsWith('hw.') ? ['gpu_id'] : [],
})

const conventional = (names: readonly NamePreset[]): readonly OurMetric[] =>
  (Object.keys(metricConventions) as MetricName[]).map((metric) => {
    const { kind, description, attributes = [] }: MetricConvention = metricConventions[metric]
    const { name, options, rename } = instrumentOf(metric, names)
    const labels = Object.fromEntries(attributes.map((attribute) => [attribute, '']))
    return {
      from: 'task',
      ...{ name, kind, description },
      unit: options.unit ?? '',
      attributes: Object.keys(rename?.(labels) ?? labels),
    }
  })

/** What tasks tell, under the names that are wanted. */
export const taskMetrics = (names: readonly NamePreset[]): readonly OurMetric[] => [
  ...conventional(names),
  ...(names.includes('tuft') ? tuftResourceMetrics.map(tuftResource) : []),
]

/** What the bridge says of itself, as it says it when the file is there and one thing was wrong with it. */
const bridgeOwn = (mapping: Mapping): readonly OurMetric[] => {
  const now = { wallMs: 0, monotonicMs: 0 }
  const state = { ...newState(now), troubles: { field: 1 } }
  const { points } = collectPoints(mapping, state, now, { staleAfterMs: 1, fileMs: 0 })
  return points.map(({ name, type, unit, description, attributes }) => ({
    from: 'bridge',
    ...{ name, kind: type, unit, description },
    attributes: Object.keys(attributes),
  }))
}

/** What the bridge makes of a metrics file with this mapping. Fields that no one claims have names that only the file knows. */
export const bridgeMetrics = (mapping: Mapping): readonly OurMetric[] => {
  const instruments = mapping.instruments.map(
    ({ name, type, unit, description, attributes }): OurMetric => ({
      from: 'bridge',
      ...{ name, kind: type, unit, description },
      attributes: Object.keys({ ...mapping.attributes, ...attributes }),
    }),
  )
  // with attributes of its own, one metric may be told by several instruments
  const byName = Map.groupBy(instruments, ({ name }) => name)
  const merged = [...byName.values()].flatMap((group): readonly OurMetric[] => {
    const [first] = group
    return first ? [{ ...first, attributes: [...new Set(group.flatMap((one) => one.attributes))] }] : []
  })
  return [...merged, ...bridgeOwn(mapping)]
}
