/**
 * The items in a request in OTLP JSON: spans, metric points, log records.
 */
import type { JsonObject, JsonValue } from '../json.ts'
import type { Signal } from './signals.ts'

/** What a metric's points are, as OTLP JSON names them. */
const pointKinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const
export type PointKind = (typeof pointKinds)[number]

/** Items that share their origin, in the place where the request holds them. */
export interface ItemList {
  /** `resource` and its `schemaUrl`. */
  readonly resourceEntry: JsonObject
  /** `scope` and its `schemaUrl`. */
  readonly scopeEntry: JsonObject
  /** Of points. */
  readonly metric?: { readonly kind: PointKind; readonly body: JsonObject }
  readonly items: readonly JsonObject[]
}

/** The key of the only list in a request of a signal, and of the lists beneath it. */
const listKeys = {
  traces: { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' },
  metrics: { resources: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' },
  logs: { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' },
} as const

const list = (value: JsonValue | undefined) => (value ?? []) as readonly JsonObject[]

/** The items that stay in a request; the others are taken out of it. */
type Keep = (item: JsonObject) => boolean

const siftMetric = (metric: JsonObject, keep: Keep): JsonObject => {
  const kind = pointKinds.find((name) => metric[name] !== undefined)
  if (kind === undefined) return metric
  const data = metric[kind] as JsonObject
  return { ...metric, [kind]: { ...data, dataPoints: list(data.dataPoints).filter(keep) } }
}

/** The request, in OTLP JSON, without the items that `keep` refuses; what is then empty stays. */
export const sift = (signal: Signal, request: JsonObject, keep: Keep): JsonObject => {
  const { resources, scopes, items } = listKeys[signal]
  const siftItems = (entry: JsonObject) =>
    signal === 'metrics'
      ? list(entry[items]).map((metric) => siftMetric(metric, keep))
      : list(entry[items]).filter(keep)
  return {
    [resources]: list(request[resources]).map((resource) => ({
      ...resource,
      [scopes]: list(resource[scopes]).map((scope) => ({ ...scope, [items]: siftItems(scope) })),
    })),
  }
}

/** All items of a request in OTLP JSON, in order. */
export const itemListsOf = (signal: Signal, request: JsonObject): readonly ItemList[] => {
  const { resources, scopes, items } = listKeys[signal]
  return list(request[resources]).flatMap((resourceEntry) =>
    list(resourceEntry[scopes]).flatMap((scopeEntry): readonly ItemList[] => {
      const found = list(scopeEntry[items])
      if (signal !== 'metrics') return [{ resourceEntry, scopeEntry, items: found }]
      return found.flatMap((body) => {
        const kind = pointKinds.find((name) => body[name] !== undefined)
        if (kind === undefined) return []
        const points = list((body[kind] as JsonObject).dataPoints)
        return [{ resourceEntry, scopeEntry, metric: { kind, body }, items: points }]
      })
    }),
  )
}
