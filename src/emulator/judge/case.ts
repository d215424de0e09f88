import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { parseRfc3339, type ResultStrategy, type WatchMode } from '../../progress/contract.ts'
import { parseGoDuration } from './go-duration.ts'

/** Which worker judges. */
export interface Setup {
  readonly taskId: string
  readonly strategy: ResultStrategy
  readonly mode: WatchMode
}

/** Documents, each of which is one event or one poll. */
export interface SequenceCase extends Setup {
  readonly kind: 'sequence'
  /** Raw texts of the file; null: it is absent. */
  readonly documents: readonly (string | null)[]
  /** When each was read, in milliseconds since 1970; undefined: all are read now. */
  readonly readAtMs: readonly number[] | undefined
}

/** Documents, each of which stands in the file from its time on. */
export interface TimelineCase extends Setup {
  readonly kind: 'timeline'
  readonly timeline: readonly { readonly atMs: number; readonly document: string | null }[]
  /** When watching ends, in milliseconds since the worker began. */
  readonly untilMs: number
}

export type Case = SequenceCase | TimelineCase

/** What a line that is no case has to tell; never leaves this folder. */
export class CaseFault extends Error {}

/** Checks what came from outside. @throws {CaseFault} that says what is wrong and what is accepted */
export const parseCase = (value: JsonValue): Case => {
  if (!isJsonObject(value)) throw new CaseFault(`a line must be a JSON object, got ${show(value)}`)
  if (value.documents === undefined && value.timeline === undefined) throw new CaseFault(tellMissing(value))
  if (value.documents !== undefined && value.timeline !== undefined) {
    throw new CaseFault('a line has either documents or a timeline, not both')
  }
  const setup: Setup = {
    taskId: readString(value.taskId, 'taskId'),
    strategy: readOneOf(value.strategy, ['UPLOAD', 'NONE'], 'strategy'),
    mode: readOneOf(value.mode, ['watch', 'poll'], 'mode'),
  }
  return value.timeline === undefined ? readSequence(value, setup) : readTimeline(value, setup)
}

const tellMissing = (value: JsonObject): string =>
  Object.keys(value).some((key) => ['percentcomplete', 'lastupdatedat'].includes(key.toLowerCase()))
    ? 'this is a progress document, not a case: put it into a directory with the others, and judge the directory'
    : 'a line must have documents, or timeline and until'

const readSequence = ({ documents, readAt }: JsonObject, setup: Setup): SequenceCase => {
  const texts = readArray(documents, 'documents').map((text, index) =>
    readDocument(text, `documents[${index}]`),
  )
  if (readAt === undefined) return { ...setup, kind: 'sequence', documents: texts, readAtMs: undefined }
  const readAtMs = readArray(readAt, 'readAt').map((time, index) => {
    const timeMs = parseRfc3339(readString(time, `readAt[${index}]`))
    if (timeMs === undefined)
      throw new CaseFault(`readAt[${index}] must be a time such as 2026-11-20T10:00:00Z`)
    return timeMs
  })
  if (readAtMs.length !== texts.length) throw new CaseFault('readAt must have one time for each document')
  return { ...setup, kind: 'sequence', documents: texts, readAtMs }
}

const readTimeline = ({ timeline, until }: JsonObject, setup: Setup): TimelineCase => {
  let lastMs = -Infinity
  const entries = readArray(timeline, 'timeline').map((entry, index) => {
    const name = `timeline[${index}]`
    if (!isJsonObject(entry)) throw new CaseFault(`${name} must be an object, got ${show(entry)}`)
    const atMs = readDuration(entry.at, `${name}.at`)
    if (atMs < lastMs) throw new CaseFault(`${name}.at must not be before that of the entry above`)
    lastMs = atMs
    return { atMs, document: readDocument(entry.document, `${name}.document`) }
  })
  return { ...setup, kind: 'timeline', timeline: entries, untilMs: readDuration(until, 'until') }
}

const readArray = (value: JsonValue | undefined, name: string): readonly JsonValue[] => {
  if (!Array.isArray(value)) throw new CaseFault(`${name} must be an array, got ${show(value)}`)
  return value
}

const readString = (value: JsonValue | undefined, name: string): string => {
  if (typeof value !== 'string') throw new CaseFault(`${name} must be a string, got ${show(value)}`)
  return value
}

const readDocument = (value: JsonValue | undefined, name: string): string | null => {
  if (value === null || typeof value === 'string') return value
  throw new CaseFault(`${name} must be a string or null, got ${show(value)}`)
}

const readDuration = (value: JsonValue | undefined, name: string): number => {
  const durationMs = typeof value === 'string' ? parseGoDuration(value) : undefined
  if (durationMs !== undefined) return durationMs
  throw new CaseFault(`${name} must be a duration such as "4m50s" or "60300ms", got ${show(value)}`)
}

const readOneOf = <Word extends string>(
  value: JsonValue | undefined,
  accepted: readonly Word[],
  name: string,
): Word => {
  const word = accepted.find((word) => word === value)
  if (word !== undefined) return word
  throw new CaseFault(
    `${name} must be ${accepted.map((word) => `"${word}"`).join(' or ')}, got ${show(value)}`,
  )
}

const show = (value: JsonValue | undefined): string => {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  if (isJsonObject(value)) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
