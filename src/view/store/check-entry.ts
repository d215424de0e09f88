/**
 * Lines of a logbook come from files that anybody may have touched: what is not as it should be is left out, one field or
 * one entry at a time.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import type {
  BeginEntry,
  LogbookEntry,
  LoggedAttributes,
  LoggedDelivery,
  LoggedNumber,
  LoggedSetting,
  PointsEntry,
} from '../../logbook/entry.ts'

type Json = JsonValue | undefined

const text = (value: Json): string | undefined => (typeof value === 'string' ? value : undefined)
const number = (value: Json): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
const oneOf = <T extends string>(value: Json, accepted: readonly T[]): T | undefined =>
  accepted.find((word) => word === value)
const list = (value: Json): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const texts = (value: Json): readonly string[] => list(value).filter((item) => typeof item === 'string')

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

const isLoggedNumber = (value: Json): value is LoggedNumber =>
  typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity'

const isPointValue = (value: JsonValue) =>
  isLoggedNumber(value) || (Array.isArray(value) && value.length === 3 && value.every(isLoggedNumber))

const values = (value: Json): PointsEntry['v'] =>
  isJsonObject(value) ? (goodFields(value, isPointValue) as PointsEntry['v']) : {}

/** The platform's, where a begin entry has none. */
const platformLimits = { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000 }

const limits = (value: Json): BeginEntry['limits'] => {
  const told = isJsonObject(value) ? value : {}
  const maxRunTimeMs = number(told.maxRunTimeMs)
  return {
    staleAfterMs: number(told.staleAfterMs) ?? platformLimits.staleAfterMs,
    documentedStaleAfterMs: number(told.documentedStaleAfterMs) ?? platformLimits.documentedStaleAfterMs,
    ...(maxRunTimeMs !== undefined && { maxRunTimeMs }),
  }
}

const settings = (value: Json): readonly LoggedSetting[] =>
  list(value).flatMap((one) => {
    if (!isJsonObject(one)) return []
    const [name, shown, from] = [text(one.name), text(one.value), text(one.from)]
    return name === undefined || shown === undefined
      ? []
      : [given({ name, value: shown, from }) as LoggedSetting]
  })

const signals = ['traces', 'metrics', 'logs'] as const
const severities = ['INFO', 'WARN', 'ERROR'] as const

const routes = (value: Json): readonly LoggedDelivery[] =>
  list(value).flatMap((one) => {
    if (!isJsonObject(one)) return []
    const signal = oneOf(one.signal, signals)
    if (signal === undefined) return []
    const reasons = isJsonObject(one.reasons) ? Object.entries(one.reasons) : []
    return [
      {
        signal,
        destination: text(one.destination) ?? '',
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
      version: 1,
      by: oneOf(told.by, ['task', 'platform']) ?? 'task',
      taskId: text(told.taskId),
      taskName: text(told.taskName),
      runId: text(told.runId),
      attempt: number(told.attempt),
      command: text(told.command) ?? '',
      traceId: text(told.traceId),
      limits: limits(told.limits),
      settings: settings(told.settings),
      capturesOutput: told.capturesOutput === true,
    }) as BeginEntry,
  state: (told, t) => {
    const percent = number(told.percent)
    return percent === undefined ? undefined : { k: 'state', t, percent, name: text(told.name) ?? '' }
  },
  beat: (_, t) => ({ k: 'beat', t }),
  status: ({ status, error }, t) =>
    typeof status === 'string'
      ? { k: 'status', t, status, ...(typeof error === 'string' && { error }) }
      : undefined,
  moment: (told, t) => {
    const words = text(told.text)
    const severity = oneOf(told.severity, severities) ?? 'INFO'
    return words === undefined ? undefined : { k: 'moment', t, severity, text: words }
  },
  checkpoint: (told, t) => {
    const name = text(told.name)
    if (name === undefined) return undefined
    return given({
      k: 'checkpoint' as const,
      t,
      name,
      startMs: number(told.startMs),
      sizeBytes: number(told.sizeBytes) ?? 0,
      files: number(told.files),
      step: number(told.step),
      percent: number(told.percent),
      fault: text(told.fault),
    }) as LogbookEntry
  },
  delivery: (told, t) => ({ k: 'delivery', t, routes: routes(told.routes) }),
  series: (told, t) => {
    const [id, name] = [number(told.id), text(told.name)]
    if (id === undefined || name === undefined) return undefined
    const kind = oneOf(told.kind, ['gauge', 'counter']) ?? 'gauge'
    return {
      k: 'series',
      t,
      id,
      name,
      unit: text(told.unit) ?? '',
      kind,
      attributes: attributes(told.attributes),
    }
  },
  p: (told, t) => {
    const step = number(told.step)
    return { k: 'p', t, v: values(told.v), ...(step !== undefined && { step }) }
  },
  go: (told, t) => {
    const [seconds, totalSteps] = [number(told.seconds), number(told.totalSteps)]
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
      endMs: number(told.endMs) ?? t,
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
    const words = text(told.text)
    if (words === undefined) return undefined
    return {
      k: 'end',
      t,
      text: words,
      outcome: oneOf(told.outcome, ['succeeded', 'failed', 'stopped']) ?? 'failed',
      exitStatus: number(told.exitStatus) ?? 0,
      errorLines: texts(told.errorLines),
    }
  },
}

const checkFinding = (told: JsonObject): LogbookEntry | undefined => {
  const [id, seen] = [text(told.id), text(told.seen)]
  if (id === undefined || seen === undefined) return undefined
  return given({
    k: 'finding' as const,
    t: number(told.t),
    id,
    severity: oneOf(told.severity, ['error', 'warning', 'note']) ?? 'note',
    seen,
    platform: text(told.platform) ?? '',
    remedy: text(told.remedy) ?? '',
  }) as LogbookEntry
}

/** What a JSON value says, if it is an entry; undefined: it is none. */
export const checkEntry = (value: unknown): LogbookEntry | undefined => {
  if (!isJsonObject(value)) return undefined
  if (value.k === 'finding') return checkFinding(value)
  const t = number(value.t)
  if (t === undefined || typeof value.k !== 'string' || !Object.hasOwn(checks, value.k)) return undefined
  return checks[value.k]?.(value, t)
}

/** What a line of a logbook says; undefined: it is no entry. */
export const parseEntry = (line: string): LogbookEntry | undefined => {
  try {
    return checkEntry(JSON.parse(line))
  } catch {
    return undefined
  }
}
