/** Items in the words that a test asks for. */
import type { JsonObject, JsonValue } from '../../json.ts'
import { type ItemList, itemListsOf, type PointKind } from '../../otlp/items.ts'

/** Attributes, as plain values: integers are numbers, key-value lists objects, bytes base64. */
export type Attributes = Readonly<Record<string, JsonValue>>

interface ReceivedItem {
  /** Attributes of the resource. */
  readonly resource: Attributes
  /** Name of the instrumentation scope. */
  readonly scope: string
  readonly attributes: Attributes
  /** The item as OTLP JSON. */
  readonly json: JsonObject
}

export interface ReceivedSpan extends ReceivedItem {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly startMs: number
  readonly endMs: number
  readonly events: readonly {
    readonly name: string
    readonly attributes: Attributes
    readonly timeMs: number
  }[]
}

export interface ReceivedPoint extends ReceivedItem {
  /** Of the metric. */
  readonly name: string
  readonly unit: string
  readonly kind: PointKind
  /** The value; for a histogram or a summary its count. */
  readonly value: number
  readonly timeMs: number
}

export interface ReceivedLog extends ReceivedItem {
  readonly body: JsonValue
  readonly severity: string
  readonly eventName: string
  /** Empty without a trace context. */
  readonly traceId: string
  readonly spanId: string
  readonly timeMs: number
}

const list = (value: JsonValue | undefined) => (value ?? []) as readonly JsonObject[]
const text = (value: JsonValue | undefined) => String(value ?? '')
const millis = (nanos: JsonValue | undefined) => Number(BigInt(text(nanos) || '0') / 1_000_000n)

const plain = (value: JsonObject): JsonValue => {
  if (value.arrayValue) return list((value.arrayValue as JsonObject).values).map(plain)
  if (value.kvlistValue) return attributesOf((value.kvlistValue as JsonObject).values)
  if (value.intValue !== undefined) return Number(value.intValue)
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue ?? null
}

const attributesOf = (pairs: JsonValue | undefined): Attributes =>
  Object.fromEntries(list(pairs).map(({ key, value }) => [text(key), plain(value as JsonObject)]))

const origin = ({ resourceEntry, scopeEntry }: ItemList) => ({
  resource: attributesOf((resourceEntry.resource as JsonObject).attributes),
  scope: text((scopeEntry.scope as JsonObject).name),
})

/** The spans of a request in OTLP JSON. */
export const spansOf = (request: JsonObject): readonly ReceivedSpan[] =>
  itemListsOf('traces', request).flatMap((from) =>
    from.items.map((json) => ({
      ...origin(from),
      attributes: attributesOf(json.attributes),
      name: text(json.name),
      traceId: text(json.traceId),
      spanId: text(json.spanId),
      parentSpanId: text(json.parentSpanId),
      statusCode: Number((json.status as JsonObject).code ?? 0),
      startMs: millis(json.startTimeUnixNano),
      endMs: millis(json.endTimeUnixNano),
      events: list(json.events).map((event) => ({
        name: text(event.name),
        attributes: attributesOf(event.attributes),
        timeMs: millis(event.timeUnixNano),
      })),
      json,
    })),
  )

/** The metric points of a request in OTLP JSON. */
export const pointsOf = (request: JsonObject): readonly ReceivedPoint[] =>
  itemListsOf('metrics', request).flatMap((from) =>
    from.items.map((json) => ({
      ...origin(from),
      attributes: attributesOf(json.attributes),
      name: text(from.metric?.body.name),
      unit: text(from.metric?.body.unit),
      kind: from.metric?.kind ?? 'gauge',
      // a histogram without a count has counted nothing
      value: Number(json.asDouble ?? json.asInt ?? json.count ?? 0),
      timeMs: millis(json.timeUnixNano),
      json,
    })),
  )

/** The log records of a request in OTLP JSON. */
export const logsOf = (request: JsonObject): readonly ReceivedLog[] =>
  itemListsOf('logs', request).flatMap((from) =>
    from.items.map((json) => ({
      ...origin(from),
      attributes: attributesOf(json.attributes),
      body: plain(json.body as JsonObject),
      severity: text(json.severityText),
      eventName: text(json.eventName),
      traceId: text(json.traceId),
      spanId: text(json.spanId),
      timeMs: millis(json.timeUnixNano),
      json,
    })),
  )
