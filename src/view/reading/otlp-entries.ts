/**
 * OTLP JSON, as an emulation keeps what arrived, as entries of a logbook: what would have reached a backend.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

import { isJsonObject, type JsonNumber, type JsonObject, type JsonValue } from '../../json.ts'
import type { LogbookEntry, LoggedAttributes } from '../../logbook/entry.ts'
import { itemListsOf, type PointKind } from '../../otlp/items.ts'
import { seriesKey } from '../../otlp/points/point.ts'
import type { Signal } from '../../otlp/signals.ts'
import { isTime } from '../store/sane.ts'
import { mostKeyLength, type SeriesFacts } from '../store/series.ts'

type Json = JsonValue | undefined
type Scalar = string | number | boolean

const list = (value: Json): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : [])
const text = (value: Json): string => (typeof value === 'string' ? value : '')

/** Nanoseconds since 1970, as text or number, in milliseconds; undefined: none, or none that can be. */
const milliseconds = (value: Json): number | undefined => {
  const digits = String(value ?? 0).padStart(7, '0')
  // in two parts: as one number it would lose what it has below a microsecond
  const ms = Number(digits.slice(0, -6)) + Number(digits.slice(-6)) / 1e6
  return ms > 0 && isTime(ms) ? ms : undefined
}

/** The value of an attribute or a body: lists and maps as JSON. */
const plain = (value: Json): Json => {
  if (!isJsonObject(value)) return undefined
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.doubleValue !== undefined) return value.doubleValue
  if (isJsonObject(value.arrayValue)) return list(value.arrayValue.values).map((one) => plain(one) ?? null)
  if (isJsonObject(value.kvlistValue)) return Object.fromEntries(pairs(value.kvlistValue.values))
  return value.stringValue ?? value.boolValue ?? value.bytesValue
}
const pairs = (value: Json): readonly (readonly [string, JsonValue])[] =>
  list(value).map(({ key, value: one }) => [text(key), plain(one) ?? ''] as const)

const scalar = (value: Json): Scalar =>
  value === null || value === undefined
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : (value as Scalar)

const attributesOf = (value: Json): LoggedAttributes =>
  Object.fromEntries(pairs(value).map(([key, one]) => [key, scalar(one)]))

/** A program that sends: what is alike in these is one. */
const identity = ['service.name', 'service.instance.id', 'taskbeat.rank', 'process.pid'] as const

/** How many senders are told apart. */
const mostSenders = 1_000

/**
 * What to call those that send besides the first one: by what they differ in. The task itself is the first to send.
 */
const nameSenders = () => {
  const names = new Map<string, string | undefined>()
  const services = new Set<string>()
  const named = new WeakMap<JsonObject, string>()
  const nameOf = (resource: LoggedAttributes): string | undefined => {
    const key = JSON.stringify(identity.map((name) => resource[name]))
    if (names.has(key)) return names.get(key)
    const service = String(resource['service.name'] ?? 'unknown')
    if (names.size >= mostSenders) return service
    const rank = resource['taskbeat.rank']
    const isFirst = names.size === 0
    const number = [...names.keys()].filter((known) => known.startsWith(`["${service}"`)).length + 1
    const name = services.has(service)
      ? rank === undefined
        ? `${service} ${number}`
        : `rank ${rank}`
      : service
    services.add(service)
    names.set(key, isFirst ? undefined : name)
    return names.get(key)
  }
  // the lists of a request share their resource
  return (entry: JsonObject): string | undefined => {
    const known = named.get(entry)
    if (known !== undefined) return known || undefined
    const name = nameOf(attributesOf(isJsonObject(entry.resource) ? entry.resource.attributes : undefined))
    named.set(entry, name ?? '')
    return name
  }
}

const failure = (span: JsonObject): string | undefined => {
  const status = isJsonObject(span.status) ? span.status : {}
  if (status.code !== 2 && status.code !== 'STATUS_CODE_ERROR') return undefined
  const exception = list(span.events).find(({ name }) => name === 'exception')
  const told = exception && attributesOf(exception.attributes)
  return text(status.message) || String(told?.['exception.message'] ?? told?.['exception.type'] ?? 'failed')
}

const spanOf = (span: JsonObject, source: string | undefined): LogbookEntry | undefined => {
  const t = milliseconds(span.startTimeUnixNano)
  const id = text(span.spanId)
  if (t === undefined || id === '') return undefined
  const parent = text(span.parentSpanId)
  const error = failure(span)
  return {
    k: 'span',
    t,
    endMs: Math.max(t, milliseconds(span.endTimeUnixNano) ?? t),
    id,
    ...(parent !== '' && { parent }),
    name: text(span.name),
    attributes: attributesOf(span.attributes),
    ...(error !== undefined && { error }),
    ...(source !== undefined && { source }),
  }
}

const ownScopes: ReadonlySet<string> = new Set(['taskbeat', 'byoo', ''])

const logOf = (record: JsonObject, sender: string | undefined, scope: string): LogbookEntry | undefined => {
  const t = milliseconds(record.timeUnixNano) ?? milliseconds(record.observedTimeUnixNano)
  if (t === undefined) return undefined
  const attributes = attributesOf(record.attributes)
  const stream = attributes['log.iostream']
  const source = sender ?? (typeof stream === 'string' ? stream : ownScopes.has(scope) ? undefined : scope)
  const severity = Number(record.severityNumber ?? 0)
  const spanId = text(record.spanId)
  const body = scalar(plain(record.body))
  return {
    k: 'log',
    t,
    severity: Number.isInteger(severity) ? severity : 0,
    text: String(body === '' ? (record.eventName ?? '') : body),
    ...(source !== undefined && { source }),
    ...(spanId !== '' && { spanId }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  }
}

/** What one point says, as the curves that it is of: those of a distribution are its mean, its count and its sum. */
interface Told {
  readonly suffix: string
  readonly kind: SeriesFacts['kind']
  readonly unit: string
  readonly value: number
}

const noRecordedValue = 1
/** `AGGREGATION_TEMPORALITY_DELTA` */
const isDelta = ({ aggregationTemporality }: JsonObject) =>
  aggregationTemporality === 1 || aggregationTemporality === 'AGGREGATION_TEMPORALITY_DELTA'

const logged = (value: number): JsonNumber => (Number.isFinite(value) ? value : (String(value) as JsonNumber))

/** How many curves are told apart: each is a line in memory. */
const mostCurves = 2_000

/** One item that is none, or is nested deeper than can be read, does not take the others with it. */
const ifGood = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

export interface OtlpReader {
  /** The entries of one request, in the order in which it holds them; none for what is no item. */
  readonly entries: (signal: Signal, request: JsonObject) => readonly (LogbookEntry | undefined)[]
}

/** @param isKnown - whether a curve of the task itself is known more finely: then its points are left out here */
export const createOtlpReader = (isKnown: (key: string) => boolean): OtlpReader => {
  const nameSender = nameSenders()
  /** Ids by what is the same of two curves; and what each counter has counted. */
  const curves = new Map<string, { readonly id: number; total: number }>()
  const before = new Map<string, { count: number; sum: number }>()

  const tell = (
    kind: PointKind,
    data: JsonObject,
    point: JsonObject,
    unit: string,
    key: string,
  ): readonly Told[] => {
    if (kind === 'gauge' || kind === 'sum') {
      const value = Number(point.asDouble ?? point.asInt ?? 0)
      const isCounter = kind === 'sum' && data.isMonotonic === true
      return [{ suffix: '', kind: isCounter ? 'counter' : 'gauge', unit, value }]
    }
    const [count, sum] = [Number(point.count ?? 0), Number(point.sum ?? 0)]
    const last = isDelta(data) ? undefined : before.get(key)
    // a count that fell has begun anew
    const since = last && last.count <= count ? last : { count: 0, sum: 0 }
    if (last || before.size < mostCurves) before.set(key, { count, sum })
    const added = count - since.count
    return [
      ...(added > 0
        ? [{ suffix: '.mean', kind: 'gauge' as const, unit, value: (sum - since.sum) / added }]
        : []),
      { suffix: '.count', kind: 'counter', unit: '1', value: count },
      { suffix: '.sum', kind: 'counter', unit, value: sum },
    ]
  }

  const points = (
    { kind, body }: { readonly kind: PointKind; readonly body: JsonObject },
    point: JsonObject,
    sender: string | undefined,
  ): readonly LogbookEntry[] => {
    const t = milliseconds(point.timeUnixNano)
    if (t === undefined || (Number(point.flags ?? 0) & noRecordedValue) !== 0) return []
    const data = isJsonObject(body[kind]) ? body[kind] : {}
    const own = attributesOf(point.attributes)
    const attributes = sender === undefined ? own : { ...own, source: sender }
    const name = text(body.name)
    const told = tell(kind, data, point, text(body.unit), seriesKey({ name, attributes }))
    return told.flatMap(({ suffix, kind: curveKind, unit, value }): readonly LogbookEntry[] => {
      const facts = { name: `${name}${suffix}`, attributes }
      const key = seriesKey(facts)
      if (isKnown(key) || key.length > mostKeyLength) return []
      const known = curves.get(key)
      if (known === undefined && curves.size >= mostCurves) return []
      const curve = known ?? { id: curves.size, total: 0 }
      curves.set(key, curve)
      curve.total = curveKind === 'counter' && isDelta(data) ? curve.total + value : value
      return [
        ...(known ? [] : [{ k: 'series' as const, t, id: curve.id, ...facts, unit, kind: curveKind }]),
        { k: 'p', t, v: { [curve.id]: logged(curve.total) } },
      ]
    })
  }

  return {
    entries: (signal, request) =>
      itemListsOf(signal, request).flatMap(({ resourceEntry, scopeEntry, metric, items }) => {
        const scope = isJsonObject(scopeEntry.scope) ? text(scopeEntry.scope.name) : ''
        const sender = nameSender(resourceEntry)
        if (signal === 'metrics') {
          return metric ? items.flatMap((item) => ifGood(() => points(metric, item, sender)) ?? []) : []
        }
        return items.map((item) =>
          ifGood(() => (signal === 'traces' ? spanOf(item, sender) : logOf(item, sender, scope))),
        )
      }),
  }
}
