import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import type { Attributes, Severity } from '../../workload-events.ts'
import { cutToBytes } from './cut-text.ts'
import { readStack } from './exception.ts'
import { severityOfLevel } from './severity.ts'

/** What a line of JSON says. */
export interface JsonLine {
  readonly severity: Severity
  /** Its message, or the whole line where it has none. */
  readonly text: string
  /** Undefined where it has no time, or none that could be true. */
  readonly at?: Date
  readonly rank?: number
  readonly attributes: Attributes
}

const MAX_ATTRIBUTES = 32
const MAX_KEY_BYTES = 128
const MAX_VALUE_BYTES = 1024
const MAX_STACK_BYTES = 16 * 1024

const levelKeys = ['level', 'severity', 'levelname', 'lvl', 'log.level']
const messageKeys = ['message', 'msg', 'event']
const timeKeys = ['ts', 'time', 'timestamp', 'asctime', '@timestamp']
const rankKeys = ['rank', 'global_rank']
const stackKeys = ['exc_info', 'exception', 'stack_trace', 'stacktrace', 'stack']

/** Pino and bunyan count in tens: 10 is TRACE, 60 is FATAL. */
const pinoSeverities: readonly Severity[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

const firstOf = (
  json: JsonObject,
  keys: readonly string[],
): { key: string; value: JsonValue } | undefined => {
  for (const key of keys) {
    const value = Object.hasOwn(json, key) ? json[key] : undefined
    if (value !== undefined && value !== null) return { key, value }
  }
  return undefined
}

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/** The number of a level counts only beside a message: other programs have other levels. */
const readSeverity = (level: JsonValue | undefined, hasMessage: boolean): Severity | undefined => {
  if (typeof level === 'string') return severityOfLevel(level.trim())
  if (typeof level !== 'number' || !hasMessage || level < 10) return undefined
  return pinoSeverities[Math.floor(level / 10) - 1]
}

/** Seconds, milliseconds, microseconds or nanoseconds, told apart by their size; right until the year 5138. */
const epochMs = (value: number): number =>
  value < 1e11 ? value * 1000 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6

const stampForm = /^\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(Z| ?[+-]\d\d:?\d\d)?$/

/** A time that lies not far from now; one without a zone, whose zone may not be ours, must lie nearer. */
const readTime = (value: JsonValue | undefined, now: Date): Date | undefined => {
  const zone = typeof value === 'string' ? stampForm.exec(value) : undefined
  if (typeof value !== 'number' && !zone) return undefined
  const ms =
    typeof value === 'number'
      ? epochMs(value)
      : Date.parse(
          String(value)
            .replace(',', '.')
            .replace(/ (?=[+-])/, ''),
        )
  const pastMs = zone && zone[1] === undefined ? 15 * MINUTE_MS : DAY_MS
  const ageMs = now.getTime() - ms
  return ageMs > -5 * MINUTE_MS && ageMs < pastMs ? new Date(ms) : undefined
}

const isScalar = (value: JsonValue | undefined): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

/** `{"type": "Error", "message": "…", "stack": "…"}`, as pino writes an error. */
const errorMember = (json: JsonObject): Attributes => {
  const error = json.err ?? json.error
  if (!isJsonObject(error)) return {}
  const entries = [
    ['exception.type', textOf(error.type) ?? textOf(error.name)],
    ['exception.message', textOf(error.message)],
    ['exception.stacktrace', textOf(error.stack)],
  ] as const
  return Object.fromEntries(
    entries.filter((entry): entry is [(typeof entry)[0], string] => Boolean(entry[1])),
  )
}

const readException = (json: JsonObject): { readonly key?: string; readonly attributes: Attributes } => {
  const stack = firstOf(json, stackKeys)
  const text = textOf(stack?.value)
  if (stack === undefined || text === undefined || !text.includes('\n'))
    return { attributes: errorMember(json) }
  return { key: stack.key, attributes: readStack(text) }
}

const bounded = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => {
      const maxBytes = key === 'exception.stacktrace' ? MAX_STACK_BYTES : MAX_VALUE_BYTES
      return [key, typeof value === 'string' ? cutToBytes(value, maxBytes) : value]
    }),
  )

const parseObject = (text: string): JsonObject | undefined => {
  if (!text.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads a line that is a JSON object; undefined for any other. Its level, message, time and rank have their places in
 * a log record; of the other members, up to 32 that are texts, numbers or booleans become attributes.
 */
export const readJsonLine = (line: string, now: Date): JsonLine | undefined => {
  const json = parseObject(line.trim())
  if (json === undefined) return undefined
  const message = firstOf(json, messageKeys)
  const level = firstOf(json, levelKeys)
  const time = firstOf(json, timeKeys)
  const rank = firstOf(json, rankKeys)
  const exception = readException(json)
  const severity = readSeverity(level?.value, message !== undefined)
  const at = readTime(time?.value, now)
  const isRank = typeof rank?.value === 'number' && Number.isInteger(rank.value) && rank.value >= 0
  const text = textOf(message?.value)
  const used = new Set([
    ...(text !== undefined ? [message?.key] : []),
    ...(severity !== undefined ? [level?.key] : []),
    ...(at !== undefined ? [time?.key] : []),
    ...(isRank ? [rank.key] : []),
    exception.key,
  ])
  const others = Object.entries(json).filter(
    (entry): entry is [string, string | number | boolean] =>
      !used.has(entry[0]) &&
      entry[0] !== '' &&
      Buffer.byteLength(entry[0]) <= MAX_KEY_BYTES &&
      isScalar(entry[1]),
  )
  return {
    severity: severity ?? (Object.keys(exception.attributes).length > 0 ? 'ERROR' : 'INFO'),
    text: text === undefined || text.trim() === '' ? line : text,
    ...(at && { at }),
    ...(isRank && { rank: Number(rank.value) }),
    attributes: bounded({ ...Object.fromEntries(others.slice(0, MAX_ATTRIBUTES)), ...exception.attributes }),
  }
}
