import { isJsonObject, type JsonObject } from '../../json.ts'
import type {
  ErrorEvent,
  MetricEvent,
  NamedEvent,
  ProgressEvent,
  SpanEndedEvent,
  SpanStartedEvent,
} from '../../workload-events.ts'
import {
  type Problems,
  readAnyNumber,
  readAttributes,
  readId,
  readInteger,
  readMetadata,
  readName,
  readNumber,
  readOneOf,
  readPath,
  readText,
  readTime,
} from './fields.ts'
import { parseLine } from './parse-line.ts'
import { readProgress } from './progress.ts'
import { knownFields, typeOf, type WireType } from './wire.ts'

/** What a child process tells by a line of the file in `TASKBEAT_EVENTS`. */
export type ChildEvent =
  | ProgressEvent
  | NamedEvent
  | ErrorEvent
  | SpanStartedEvent
  | SpanEndedEvent
  | MetricEvent
  | CheckpointDeclared
  | CheckpointStarted

/** The training says that a checkpoint is complete. */
export interface CheckpointDeclared {
  readonly type: 'checkpoint-declared'
  /** As it was written: relative to the results directory, or absolute. At most 4,096 characters, no NUL. */
  readonly path: string
  readonly metadata: JsonObject
  /** Integer of at least 0. */
  readonly step?: number
  /** From 0 to 100. */
  readonly percent?: number
}

/** The training says that it begins to save: it may look idle until it is done. */
export interface CheckpointStarted {
  readonly type: 'checkpoint-started'
  readonly at: Date
  /** As in {@link CheckpointDeclared}. */
  readonly path?: string
}

/** Why a whole line is not used: it is no JSON, no object, of no known type, or lacks what its type cannot do without. */
export type LineRefusal = 'not-json' | 'not-an-object' | 'unknown-type' | 'incomplete'

export type DecodedLine =
  | {
      readonly ok: true
      readonly events: readonly ChildEvent[]
      /** Fields that were left out, cut or unknown. */
      readonly badFields: number
    }
  | { readonly ok: false; readonly reason: LineRefusal }

interface Line {
  readonly fields: JsonObject
  /** What the line says, or now. */
  readonly at: Date
  /** What the line says. */
  readonly told: Date | undefined
  readonly rank: number | undefined
  readonly problems: Problems
}

type Decode = (line: Line) => ChildEvent | undefined

const decoders: Readonly<Record<WireType, Decode>> = {
  progress: ({ fields, told, problems }) => {
    const progress = readProgress(fields, problems)
    return told && progress ? { ...progress, at: told } : progress
  },

  checkpoint: ({ fields, problems }) => {
    const path = readPath(fields.dir, problems)
    const step = readInteger(fields.step, 0, problems)
    const percent = readNumber(fields.percent, { min: 0, max: 100 }, problems)
    const metadata = readMetadata(fields.metadata, problems)
    if (path === undefined) return undefined
    return {
      type: 'checkpoint-declared',
      path,
      metadata,
      ...(step !== undefined && { step }),
      ...(percent !== undefined && { percent }),
    }
  },

  checkpoint_start: ({ fields, at, problems }) => {
    const path = readPath(fields.dir, problems)
    return { type: 'checkpoint-started', at, ...(path !== undefined && { path }) }
  },

  event: ({ fields, at, rank, problems }) => {
    const name = readName(fields.name, problems)
    if (name === undefined) return undefined
    const attributes = readAttributes(fields.attributes, problems)
    return { type: 'event', at, name, ...(rank !== undefined && { rank }), attributes }
  },

  error: ({ fields, at, rank, problems }) => {
    const errorType = readName(fields.error_type ?? fields.errorType, problems)
    // many an exception of Python has nothing to say but its class
    const message = readText(fields.message, problems) ?? errorType
    const stack = readText(fields.stack, problems)
    if (message === undefined) return undefined
    return {
      type: 'error',
      at,
      message,
      ...(errorType !== undefined && { errorType }),
      ...(stack !== undefined && { stack }),
      ...(rank !== undefined && { rank }),
      attributes: readAttributes(fields.attributes, problems),
    }
  },

  span_start: ({ fields, at, rank, problems }) => {
    const id = readId(fields.id, problems)
    const name = readName(fields.name, problems)
    const parentId = readId(fields.parent, problems)
    if (id === undefined || name === undefined) return undefined
    return {
      type: 'span-started',
      at,
      id,
      name,
      ...(parentId !== undefined && { parentId }),
      ...(rank !== undefined && { rank }),
      attributes: readAttributes(fields.attributes, problems),
    }
  },

  span_end: ({ fields, at, problems }) => {
    const id = readId(fields.id, problems)
    const error = readText(fields.error, problems)
    if (id === undefined) return undefined
    const attributes = readAttributes(fields.attributes, problems)
    return { type: 'span-ended', at, id, ...(error !== undefined && { error }), attributes }
  },

  metric: ({ fields, rank, problems }) => {
    const name = readName(fields.name, problems)
    const value = readAnyNumber(fields.value, problems)
    const unit = readName(fields.unit, problems)
    const kind =
      readOneOf(fields.kind, ['gauge', 'counter', 'updowncounter', 'histogram'], problems) ?? 'gauge'
    if (name === undefined || value === undefined) return undefined
    const attributes = readAttributes(fields.attributes, problems)
    return {
      type: 'metric',
      name,
      value,
      ...(unit !== undefined && { unit }),
      kind,
      // the gauges of two ranks are two
      attributes: rank === undefined ? attributes : { 'taskbeat.rank': rank, ...attributes },
    }
  },
}

/** What says how far the whole task is; of several ranks only the first may. */
const ofFirstRank: ReadonlySet<WireType> = new Set(['progress', 'checkpoint', 'checkpoint_start'])

/** A line that does not say its type and has one of these is progress. */
const hasProgress = ({ step, percent, loss }: JsonObject) =>
  (step ?? percent ?? loss ?? undefined) !== undefined

const countUnknown = (fields: JsonObject, type: WireType, problems: Problems) => {
  const known = knownFields.get(type)
  for (const key in fields) if (!known?.has(key)) problems.badFields += 1
}

const refuse = (reason: LineRefusal): DecodedLine => ({ ok: false, reason })

/**
 * Decodes one line, without its end; `now` is the time of what does not say its own. Never throws.
 *
 * Progress and checkpoints of a rank other than 0 are used and yield no event.
 *
 * @see docs/child-events.md
 */
export const decodeLine = (line: string, now: Date): DecodedLine => {
  const fields = parseLine(line)
  if (fields === undefined) return refuse('not-json')
  if (!isJsonObject(fields)) return refuse('not-an-object')
  const isBare = fields.type === undefined || fields.type === null
  const type = isBare && hasProgress(fields) ? 'progress' : typeOf.get(fields.type)
  if (type === undefined) return refuse('unknown-type')

  const problems = { badFields: 0 }
  const rank = readInteger(fields.rank, 0, problems)
  if (rank !== undefined && rank > 0 && ofFirstRank.has(type)) return { ok: true, events: [], ...problems }
  const told = readTime(fields.time, problems)
  // any number of a line of progress is known: it is a metric
  if (type !== 'progress') countUnknown(fields, type, problems)
  const event = decoders[type]({ fields, at: told ?? now, told, rank, problems })
  return event === undefined ? refuse('incomplete') : { ok: true, events: [event], ...problems }
}
