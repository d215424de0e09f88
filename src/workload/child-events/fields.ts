import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import type { Attributes } from '../../workload-events.ts'

/** Longest name of an event, a span, a metric, an attribute, in characters. */
export const longestName = 255
/** Longest text, in characters. */
export const longestText = 65_536
/** Longest path, in characters: Linux takes no longer one. */
const longestPath = 4_096
/** Attributes or metrics of one line. */
export const mostEntries = 64

/** Counts what a line has and cannot be used, whole or in part. */
export interface Problems {
  badFields: number
}

/** A field that may be missing: null is what Python's None becomes, and says no more than no field. */
type Field = JsonValue | undefined

const isMissing = (value: Field): value is null | undefined => value === undefined || value === null

const bad = (problems: Problems): undefined => {
  problems.badFields += 1
  return undefined
}

const cut = (text: string, longest: number, problems: Problems): string => {
  if (text.length <= longest) return text
  problems.badFields += 1
  // a character may have been cut in two
  return text.slice(0, longest).toWellFormed()
}

/** An empty text says nothing. */
const readString = (value: Field, longest: number, problems: Problems): string | undefined => {
  if (isMissing(value) || value === '') return undefined
  return typeof value === 'string' ? cut(value, longest, problems) : bad(problems)
}

export const readText = (value: Field, problems: Problems): string | undefined =>
  readString(value, longestText, problems)

export const readName = (value: Field, problems: Problems): string | undefined =>
  readString(value, longestName, problems)

/** Numbers are ids to many. */
export const readId = (value: Field, problems: Problems): string | undefined =>
  readName(Number.isSafeInteger(value) ? String(value) : value, problems)

/** A path is not cut: it would be another one. */
export const readPath = (value: Field, problems: Problems): string | undefined => {
  if (isMissing(value) || value === '') return undefined
  const isPath = typeof value === 'string' && value.length <= longestPath && !value.includes('\0')
  return isPath ? value : bad(problems)
}

export const readInteger = (value: Field, min: number, problems: Problems): number | undefined => {
  if (isMissing(value)) return undefined
  return Number.isSafeInteger(value) && (value as number) >= min ? (value as number) : bad(problems)
}

/** NaN is in no range. */
export const readNumber = (
  value: Field,
  { min, max }: { readonly min: number; readonly max: number },
  problems: Problems,
): number | undefined => {
  if (isMissing(value)) return undefined
  return typeof value === 'number' && value >= min && value <= max ? value : bad(problems)
}

/** NaN and the infinities too: they tell of a training that diverged. */
export const readAnyNumber = (value: Field, problems: Problems): number | undefined => {
  if (isMissing(value)) return undefined
  return typeof value === 'number' ? value : bad(problems)
}

export const readOneOf = <Word extends string>(
  value: Field,
  words: readonly Word[],
  problems: Problems,
): Word | undefined => {
  if (isMissing(value)) return undefined
  return words.find((word) => word === value) ?? bad(problems)
}

/** Beyond it, numbers are milliseconds: as seconds they would mean the year 5138, as milliseconds 1973. */
const mostSeconds = 1e11
/** The year 2262: OTLP's nanoseconds since 1970 have to fit into 63 bits in most backends. */
const latestMs = 2 ** 63 / 1e6
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

const millisecondsOf = (value: string | number): number => {
  if (typeof value === 'number') return value > mostSeconds ? value : value * 1_000
  return rfc3339.test(value) ? Date.parse(value.replace(' ', 'T').toUpperCase()) : Number.NaN
}

/** Seconds since 1970, as Python's `time.time()`, milliseconds, or RFC 3339. @see https://www.rfc-editor.org/rfc/rfc3339 */
export const readTime = (value: Field, problems: Problems): Date | undefined => {
  if (isMissing(value)) return undefined
  const ms = typeof value === 'string' || typeof value === 'number' ? millisecondsOf(value) : Number.NaN
  return ms > 0 && ms < latestMs ? new Date(ms) : bad(problems)
}

/** JSON as text; undefined if it is nested so deep that nobody could read it again. */
const stringify = (value: JsonValue): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const readAttribute = (value: JsonValue, problems: Problems): string | number | boolean | undefined => {
  if (typeof value === 'string') return cut(value, longestText, problems)
  if (typeof value !== 'object') return value
  const text = stringify(value)
  return text === undefined ? bad(problems) : cut(text, longestText, problems)
}

const none: Attributes = {}

export const readAttributes = (value: Field, problems: Problems): Attributes => {
  if (isMissing(value)) return none
  if (!isJsonObject(value)) {
    problems.badFields += 1
    return none
  }
  const attributes: Record<string, string | number | boolean> = {}
  let left = mostEntries
  for (const [key, field] of Object.entries(value)) {
    if (field === null) continue
    const read = key === '' || left === 0 ? bad(problems) : readAttribute(field, problems)
    if (read === undefined) continue
    attributes[cut(key, longestName, problems)] = read
    left -= 1
  }
  return attributes
}

/** An object that JSON can say: NaN, which Python writes, becomes null. */
export const readMetadata = (value: Field, problems: Problems): JsonObject => {
  if (isMissing(value)) return {}
  const text = isJsonObject(value) ? stringify(value) : undefined
  if (text !== undefined) return JSON.parse(text)
  problems.badFields += 1
  return {}
}
