/**
 * The items in a request: spans, metric points, log records, and which of them are no items at all.
 */
import type { JsonObject, JsonValue } from '../../json.ts'
import type { Signal } from '../../otlp/signals.ts'

/** What a metric's points are, as OTLP JSON names them. */
export const pointKinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const
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
export const listKeys = {
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

const isId = (value: JsonValue | undefined, digits: number) =>
  typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value)

const idFault = (what: string, value: JsonValue | undefined, bytes: number, isNeeded: boolean) => {
  if (value === undefined) return isNeeded ? `${what} is missing, or all zero` : undefined
  if (isId(value, bytes * 2)) return undefined
  const length = String(value).length / 2
  const found = length === bytes ? 'is not hexadecimal' : `has ${length} bytes, not ${bytes}`
  return `${what} ${found}`
}

/**
 * Why an item cannot be taken, or undefined: an id that is no id.
 *
 * @see https://www.w3.org/TR/trace-context/#trace-id 16 bytes, not all zero; a span id has 8
 */
export const itemFault = (signal: Signal, item: JsonObject): string | undefined => {
  if (signal === 'metrics') return undefined
  const isSpan = signal === 'traces'
  return (
    idFault(`the trace id of a ${isSpan ? 'span' : 'log record'}`, item.traceId, 16, isSpan) ??
    idFault(`the span id of a ${isSpan ? 'span' : 'log record'}`, item.spanId, 8, isSpan) ??
    idFault('the parent span id of a span', item.parentSpanId, 8, false)
  )
}
