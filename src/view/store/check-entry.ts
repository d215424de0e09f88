/**
 * Lines of a logbook come from files that anybody may have touched: what is not as it should be is left out, one field or
 * one entry at a time.
 */
import { isJsonObject, type JsonNumber, type JsonObject, type JsonValue } from '../../json.ts'
import type {
  BeginEntry,
  LogbookEntry,
  LoggedAttributes,
  LoggedDelivery,
  LoggedSetting,
  PointsEntry,
} from '../../logbook/entry.ts'
import { logbookVersion } from '../../logbook/entry.ts'
import { seriesKey } from '../../otlp/points/point.ts'
import { beginningOf, isTime } from './sane.ts'
import { mostKeyLength } from './series.ts'

type Json = JsonValue | undefined

const text = (value: Json): string | undefined => (typeof value === 'string' ? value : undefined)
/** Of facts: all of them are kept in memory, and sent as often as one changes. */
const mostText = 4_096
const shortText = (value: Json): string | undefined =>
  typeof value === 'string' ? beginningOf(value, mostText) : undefined
const number = (value: Json): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
const time = (value: Json): number | undefined =>
  typeof value === 'number' && isTime(value) ? value : undefined
/** Its neighbours must be apart from it, or nothing can be drawn over it. */
const step = (value: Json): number | undefined =>
  typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined
/** Milliseconds or seconds: with a moment they make another one that a date can be. */
const duration = (value: Json): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= 1e14 ? value : undefined
const percent = (value: Json): number | undefined => {
  const told = number(value)
  return told === undefined ? undefined : Math.min(100, Math.max(0, told))
}
const oneOf = <T extends string>(value: Json, accepted: readonly T[]): T | undefined =>
  accepted.find((word) => word === value)
/** Of a list within a fact. */
const mostMembers = 1_000
const list = (value: Json): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const members = (value: Json) => list(value).slice(0, mostMembers)
const shortTexts = (value: Json): readonly string[] => members(value).flatMap((item) => shortText(item) ?? [])

/** Without what is undefined. */
const given = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never

/** The fields that are good: nearly always all, and then no copy is made. */
const goodFields = (value: JsonObject, isGood: (one: JsonValue) => boolean): JsonObject => {
  for (const key in value) {
    if (isGood(value[key] ?? null)) continue
    return Object.fromEntries(Object.entries(value).filter(([, one]) => isGood(one)))
  }
  return value
}

const isScalar = (value: JsonValue) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const attributes = (value: Json): LoggedAttributes =>
  isJsonObject(value) ? (goodFields(value, isScalar) as LoggedAttributes) : {}

const isJsonNumber = (value: Json): value is JsonNumber =>
  typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity'

const isPointValue = (value: JsonValue) =>
  isJsonNumber(value) || (Array.isArray(value) && value.length === 3 && value.every(isJsonNumber))

const values = (value: Json): PointsEntry['v'] =>
  isJsonObject(value) ? (goodFields(value, isPointValue) as PointsEntry['v']) : {}

/** The platform's, where a begin entry has none. */
const platformLimits = { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000 }

const limits = (value: Json): BeginEntry['limits'] => {
  const told = isJsonObject(value) ? value : {}
  const maxRunTimeMs = duration(told.maxRunTimeMs)
  return {
    staleAfterMs: duration(told.staleAfterMs) ?? platformLimits.staleAfterMs,
    documentedStaleAfterMs: duration(told.documentedStaleAfterMs) ?? platformLimits.documentedStaleAfterMs,
    ...(maxRunTimeMs !== undefined && { maxRunTimeMs }),
  }
}

const settings = (value: Json): readonly LoggedSetting[] =>
  members(value).flatMap((one) => {
    if (!isJsonObject(one)) return []
    const [name, shown, from] = [shortText(one.name), shortText(one.value), shortText(one.from)]
    return name === undefined || shown === undefined
      ? []
      : [given({ name, value: shown, from }) as LoggedSetting]
  })

const signals = ['traces', 'metrics', 'logs'] as const
const severities = ['INFO', 'WARN', 'ERROR'] as const

const routes = (value: Json): readonly LoggedDelivery[] =>
  members(value).flatMap((one) => {
    if (!isJsonObject(one)) return []
    const signal = oneOf(one.signal, signals)
    if (signal === undefined) return []
    const reasons = isJsonObject(one.reasons) ? Object.entries(one.reasons) : []
    return [
      {
        signal,
        destination: shortText(one.destination) ?? '',
        emitted: number(one.emitted) ?? 0,
        delivered: number(one.delivered) ?? 0,
        spooled: number(one.spooled) ?? 0,
        dropped: number(one.dropped) ?? 0,
        reasons: Object.fromEntries(
          reasons.filter((reason): reason is [string, number] => number(reason[1]) !== undefined),
        ),
      },
    ]
  })

/** Undefined: it lacks what it cannot be without. */
type Check = (told: JsonObject, t: number) => LogbookEntry | undefined

const checks: Readonly<Record<string, Check>> = {
  begin: (told, t) =>
    given({
      k: 'begin',
      t,
      version: logbookVersion,
      by: oneOf(told.by, ['task', 'platform']) ?? 'task',
      taskId: shortText(told.taskId),
      taskName: shortText(told.taskName),
      runId: shortText(told.runId),
      attempt: number(told.attempt),
      command: shortText(told.command) ?? '',
      traceId: shortText(told.traceId),
      limits: limits(told.limits),
      settings: settings(told.settings),
      capturesOutput: told.capturesOutput === true,
    }) as BeginEntry,
  state: (told, t) => {
    const done = percent(told.percent)
    return done === undefined ? undefined : { k: 'state', t, percent: done, name: shortText(told.name) ?? '' }
  },
  beat: (_, t) => ({ k: 'beat', t }),
  status: (told, t) => {
    const [status, error] = [shortText(told.status), shortText(told.error)]
    return status === undefined
      ? undefined
      : { k: 'status', t, status, ...(error !== undefined && { error }) }
  },
  moment: (told, t) => {
    const words = shortText(told.text)
    const severity = oneOf(told.severity, severities) ?? 'INFO'
    return words === undefined ? undefined : { k: 'moment', t, severity, text: words }
  },
  checkpoint: (told, t) => {
    const name = shortText(told.name)
    if (name === undefined) return undefined
    return given({
      k: 'checkpoint' as const,
      t,
      name,
      startMs: time(told.startMs),
      sizeBytes: number(told.sizeBytes) ?? 0,
      files: number(told.files),
      step: step(told.step),
      percent: percent(told.percent),
      fault: shortText(told.fault),
    }) as LogbookEntry
  },
  delivery: (told, t) => ({ k: 'delivery', t, routes: routes(told.routes) }),
  series: (told, t) => {
    const [id, name] = [number(told.id), text(told.name)]
    if (id === undefined || name === undefined) return undefined
    const facts = { name, attributes: attributes(told.attributes) }
    if (seriesKey(facts).length > mostKeyLength) return undefined
    const kind = oneOf(told.kind, ['gauge', 'counter']) ?? 'gauge'
    return {
      k: 'series',
      t,
      id,
      ...facts,
      unit: shortText(told.unit) ?? '',
      kind,
    }
  },
  p: (told, t) => {
    const at = step(told.step)
    return { k: 'p', t, v: values(told.v), ...(at !== undefined && { step: at }) }
  },
  go: (told, t) => {
    const [seconds, totalSteps] = [duration(told.seconds), duration(told.totalSteps)]
    if (seconds === undefined) return undefined
    return { k: 'go', t, seconds, ...(totalSteps !== undefined && { totalSteps }) }
  },
  span: (told, t) => {
    const [id, name] = [text(told.id), text(told.name)]
    if (id === undefined || name === undefined) return undefined
    const [parent, error, source] = [text(told.parent), text(told.error), text(told.source)]
    return {
      k: 'span',
      t,
      endMs: time(told.endMs) ?? t,
      id,
      ...(parent !== undefined && { parent }),
      name,
      attributes: attributes(told.attributes),
      ...(error !== undefined && { error }),
      ...(source !== undefined && { source }),
    }
  },
  log: (told, t) => {
    const words = text(told.text)
    if (words === undefined) return undefined
    return given({
      k: 'log' as const,
      t,
      severity: number(told.severity) ?? 0,
      text: words,
      source: text(told.source),
      spanId: text(told.spanId),
      attributes: told.attributes === undefined ? undefined : attributes(told.attributes),
    }) as LogbookEntry
  },
  end: (told, t) => {
    const words = shortText(told.text)
    if (words === undefined) return undefined
    return {
      k: 'end',
      t,
      text: words,
      outcome: oneOf(told.outcome, ['succeeded', 'failed', 'stopped']) ?? 'failed',
      exitStatus: number(told.exitStatus) ?? 0,
      errorLines: shortTexts(told.errorLines),
    }
  },
}

const checkFinding = (told: JsonObject): LogbookEntry | undefined => {
  const [id, seen] = [shortText(told.id), shortText(told.seen)]
  if (id === undefined || seen === undefined) return undefined
  return given({
    k: 'finding' as const,
    t: time(told.t),
    id,
    severity: oneOf(told.severity, ['error', 'warning', 'note']) ?? 'note',
    seen,
    platform: shortText(told.platform) ?? '',
    remedy: shortText(told.remedy) ?? '',
  }) as LogbookEntry
}

/** What a JSON value says, if it is an entry; undefined: it is none. */
export const checkEntry = (value: unknown): LogbookEntry | undefined => {
  if (!isJsonObject(value)) return undefined
  if (value.k === 'finding') return checkFinding(value)
  const t = time(value.t)
  if (t === undefined || typeof value.k !== 'string' || !Object.hasOwn(checks, value.k)) return undefined
  return checks[value.k]?.(value, t)
}

/** The version that a `begin` tells of, if it is not one that is known here: then its facts may mean something else. */
export const unknownVersion = (line: string): string | undefined => {
  if (!line.includes('"begin"')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    if (!isJsonObject(value) || value.k !== 'begin' || value.version === logbookVersion) return undefined
    return typeof value.version === 'number' ? `version ${value.version}` : 'a version that it does not tell'
  } catch {
    return undefined
  }
}

/** What a line of a logbook says; undefined: it is no entry. */
export const parseEntry = (line: string): LogbookEntry | undefined => {
  try {
    return checkEntry(JSON.parse(line))
  } catch {
    return undefined
  }
}
