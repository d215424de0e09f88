/**
 * The logbook of a run: what happened to it, a line of JSON each, so that people can look at it while it runs and
 * afterwards. It is ours alone; what goes to a backend is OTLP. Times (`t`, and all that ends in `Ms`) are milliseconds
 * since 1970 by the wall clock, with decimals where they are known.
 *
 * @module
 */
import type { JsonNumber } from '../json.ts'
import type { Signal } from '../otlp/signals.ts'

export const logbookVersion = 1

export type LoggedAttributes = Readonly<Record<string, string | number | boolean>>

/** One resolved setting, as it may be shown. */
export interface LoggedSetting {
  /** Its flag, else its variable. */
  readonly name: string
  /** Without secrets. */
  readonly value: string
  /** The flag, variable or file that it comes from; absent: it is the default. */
  readonly from?: string
}

/** The first line: what is known from the start. */
export interface BeginEntry {
  readonly k: 'begin'
  readonly t: number
  readonly version: typeof logbookVersion
  /** Who tells: the task of itself, or the platform (the emulator) of the task. */
  readonly by: 'task' | 'platform'
  readonly taskId?: string
  readonly taskName?: string
  readonly runId?: string
  readonly attempt?: number
  /** The command's first word: the others may hold secrets. */
  readonly command: string
  readonly traceId?: string
  readonly limits: {
    /** The worker's: the file is stale after it. */
    readonly staleAfterMs: number
    /** The documented one, which a good task keeps. */
    readonly documentedStaleAfterMs: number
    /** From the first sight of the progress file. */
    readonly maxRunTimeMs?: number
  }
  readonly settings: readonly LoggedSetting[]
  /** Whether log entries hold the command's output. */
  readonly capturesOutput: boolean
}

/** What the progress file says, when that changes. */
export interface StateEntry {
  readonly k: 'state'
  readonly t: number
  readonly percent: number
  readonly name: string
}

/** The same state with a new `lastUpdatedAt`. */
export interface BeatEntry {
  readonly k: 'beat'
  readonly t: number
}

/** The platform changes the task's status: `LAUNCHED`, `RUNNING`, `COMPLETED`… */
export interface StatusEntry {
  readonly k: 'status'
  readonly t: number
  readonly status: string
  readonly error?: string
}

/** Something that people should know, in words. */
export interface MomentEntry {
  readonly k: 'moment'
  readonly t: number
  readonly severity: 'INFO' | 'WARN' | 'ERROR'
  readonly text: string
}

/** A checkpoint that is complete (`fault` absent), or that the platform could not take (`fault`: why). */
export interface CheckpointEntry {
  readonly k: 'checkpoint'
  /** When it was complete. */
  readonly t: number
  readonly name: string
  /** Absent where only its end is known. */
  readonly startMs?: number
  readonly sizeBytes: number
  readonly files?: number
  readonly step?: number
  readonly percent?: number
  readonly fault?: string
}

/** A rule of the platform that the task has broken, or something worth a note. */
export interface FindingEntry {
  readonly k: 'finding'
  /** Absent where it is of no moment. */
  readonly t?: number
  readonly id: string
  readonly severity: 'error' | 'warning' | 'note'
  readonly seen: string
  readonly platform: string
  readonly remedy: string
}

/** What became of the items of one signal on one route so far. */
export interface LoggedDelivery {
  readonly signal: Signal
  /** `http://127.0.0.1:4317 (grpc)`, `console`. */
  readonly destination: string
  readonly emitted: number
  readonly delivered: number
  /** On disk, for later. */
  readonly spooled: number
  readonly dropped: number
  /** Why, and how many. */
  readonly reasons: Readonly<Record<string, number>>
}

/** The newest one counts. */
export interface DeliveryEntry {
  readonly k: 'delivery'
  readonly t: number
  readonly routes: readonly LoggedDelivery[]
}

/** A curve that has points: told before its first one. */
export interface SeriesEntry {
  readonly k: 'series'
  readonly t: number
  /** Integer of at least 0, unique in the logbook. */
  readonly id: number
  /** The name of the metric, as it is exported: `taskbeat.training.loss`. */
  readonly name: string
  readonly unit: string
  /** A counter's points are what it has counted so far. */
  readonly kind: 'gauge' | 'counter'
  readonly attributes: LoggedAttributes
}

/**
 * Values of curves at one time, by the ids of their series. Several values of one time span are three, in this order:
 * the least, the greatest, the last.
 */
export interface PointsEntry {
  readonly k: 'p'
  readonly t: number
  readonly step?: number
  readonly v: Readonly<Record<string, JsonNumber | readonly [JsonNumber, JsonNumber, JsonNumber]>>
}

/** Seconds to the end, as the task estimates them; the newest one counts. */
export interface TimeToGoEntry {
  readonly k: 'go'
  readonly t: number
  readonly seconds: number
  /** Of the whole training, where it is known. */
  readonly totalSteps?: number
}

/** A span that has ended. */
export interface SpanEntry {
  readonly k: 'span'
  /** Its start. */
  readonly t: number
  readonly endMs: number
  readonly id: string
  /** Absent for one that is directly in the task. */
  readonly parent?: string
  readonly name: string
  readonly attributes: LoggedAttributes
  /** Why it failed, if it did. */
  readonly error?: string
  /** Whose it is, where that is not the task itself: `rank 3`, the `service.name`. */
  readonly source?: string
}

/** A line of output, or a log record. */
export interface LogEntry {
  readonly k: 'log'
  readonly t: number
  /** OpenTelemetry's severity number, 1 to 24; 0 where none is known. */
  readonly severity: number
  readonly text: string
  /** `stdout`, `stderr`, `rank 3`, the scope of a record. */
  readonly source?: string
  readonly spanId?: string
  readonly attributes?: LoggedAttributes
}

/** The last line of an attempt that did not die unseen. */
export interface EndEntry {
  readonly k: 'end'
  readonly t: number
  /** The verdict in one sentence. */
  readonly text: string
  readonly outcome: 'succeeded' | 'failed' | 'stopped'
  readonly exitStatus: number
  readonly errorLines: readonly string[]
}

/** What is neither a curve, nor a span, nor a log line. */
export type FactEntry =
  | BeginEntry
  | StateEntry
  | BeatEntry
  | StatusEntry
  | MomentEntry
  | CheckpointEntry
  | FindingEntry
  | DeliveryEntry
  | TimeToGoEntry
  | EndEntry

export type LogbookEntry = FactEntry | SeriesEntry | PointsEntry | SpanEntry | LogEntry

/**
 * The files of a logbook, by what they hold: facts are few and kept whole; of curves old parts get coarser, of spans and
 * logs old parts go. A file is `<family>-<number>.jsonl`, ten digits, in the order of its lines.
 *
 * For readers:
 * - Only the file of a family with the highest number grows; its last line may not be whole yet, or ever.
 * - Two neighbouring files of curves may become one of coarser points, in the place of the first (it is replaced by
 *   rename); the second then vanishes. Files of spans and logs vanish from the second on, those of facts (of attempts
 *   long ago) from the first on. What has been read before stays true. Names that are no segment's are to be ignored.
 * - A later attempt in the same directory continues with higher numbers and begins with a `begin`. Ids of series and
 *   spans are unique in all of the logbook: the number of the attempt's first file of facts is a part of them.
 * - Points, spans and logs are in the order in which they were told, which may not be that of `t`; a series of which
 *   nothing is told (its attempt was forgotten) is to be left out.
 */
export const families = ['facts', 'curves', 'spans', 'logs'] as const
export type Family = (typeof families)[number]

export const familyOf = ({ k }: LogbookEntry): Family => {
  if (k === 'p') return 'curves'
  if (k === 'span') return 'spans'
  return k === 'log' ? 'logs' : 'facts'
}
