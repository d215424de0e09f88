/**
 * What the page may ask of a run. The server answers it over HTTP from files, a report answers it within the page from
 * what it holds. Times are milliseconds since 1970.
 *
 * @module
 */
import type {
  BeginEntry,
  FindingEntry,
  LoggedAttributes,
  LoggedDelivery,
  LoggedSetting,
} from '../logbook/entry.ts'

/** A span of time. */
export interface Range {
  readonly fromMs: number
  readonly toMs: number
}

export type RunState = 'waiting' | 'running' | 'stale' | 'completed' | 'failed' | 'stopped' | 'vanished'

export interface ShownState {
  readonly t: number
  readonly percent: number
  readonly name: string
}

export interface ShownStatus {
  readonly t: number
  readonly status: string
  readonly error?: string
}

export interface ShownCheckpoint {
  readonly name: string
  /** Absent where only its end is known. */
  readonly startMs?: number
  readonly endMs: number
  readonly sizeBytes: number
  readonly files?: number
  readonly step?: number
  readonly percent?: number
  /** Absent: it is complete. */
  readonly fault?: string
}

export interface ShownMoment {
  readonly t: number
  readonly severity: 'INFO' | 'WARN' | 'ERROR'
  readonly text: string
}

/** A time without a sign of life that was longer than it should be. */
export interface BeatGap extends Range {
  /** Longer than the worker's limit; else longer than the documented one. */
  readonly isFatal: boolean
}

/** A curve. */
export interface ShownSeries {
  /** Unique in the run. */
  readonly id: number
  readonly name: string
  readonly unit: string
  readonly kind: 'gauge' | 'counter'
  readonly attributes: LoggedAttributes
  /** By which curves stand together on the page. */
  readonly group: 'training' | 'gpu' | 'machine' | 'other'
  readonly points: number
  /** The newest value; NaN is a value that was told as such. */
  readonly last: number
}

/** All of a run that is small: sent again whenever it changes. Each list has at most 2,000 members. */
export interface Overview {
  /** What to call it, of all that are looked at: the directory's name, as short as it is unique. */
  readonly label: string
  readonly state: RunState
  /** The verdict, or the state now, in one sentence. */
  readonly sentence: string
  /** `by` is `platform` where the emulator's logbook was found; what the task told of itself is merged in. */
  readonly begin: BeginEntry | undefined
  /** From the first to the last thing that is known; `toMs` moves while it runs. */
  readonly range: Range
  readonly isLive: boolean
  /** From 0 to 1: how much of the files has been read. */
  readonly read: number
  /** From 0 to 100: what the training says, or the progress file, whichever is further. */
  readonly percent: number | undefined
  readonly step: number | undefined
  readonly totalSteps: number | undefined
  readonly timeToGoSeconds: number | undefined
  /** When the platform takes the task for dead, if nothing comes; undefined once it has ended. */
  readonly staleAtMs: number | undefined
  /** When its run time is over, where that is limited. */
  readonly maxRunEndsAtMs: number | undefined
  readonly states: readonly ShownState[]
  readonly statuses: readonly ShownStatus[]
  /** Writes of the progress file; of more than 2,000 a sample. */
  readonly beats: readonly number[]
  readonly beatCount: number
  readonly gaps: readonly BeatGap[]
  readonly checkpoints: readonly ShownCheckpoint[]
  readonly checkpointCount: number
  readonly findings: readonly FindingEntry[]
  readonly moments: readonly ShownMoment[]
  readonly errorLines: readonly string[]
  readonly series: readonly ShownSeries[]
  readonly spanCount: number
  /** By severity: 0 unknown, 1 trace, 2 debug, 3 info, 4 warn, 5 error, 6 fatal. */
  readonly logCounts: readonly number[]
  readonly delivery: readonly LoggedDelivery[]
  readonly settings: readonly LoggedSetting[]
  /** What the page should tell of what is not here, in sentences: output that was not captured, what was dropped. */
  readonly notes: readonly string[]
}

export interface CurvesQuery extends Partial<Range> {
  readonly series: readonly number[]
  /** About so many pixels are there to draw on, 100 to 4,000. */
  readonly width: number
  /** What the curves lie over: time, or the training's step. @default 'time' */
  readonly over?: 'time' | 'step'
}

/**
 * The points of a curve, in order, without those that no pixel would show: extremes are kept. `x` is milliseconds since
 * 1970, or steps; `y` has null where a value was no finite number.
 */
export interface Curve {
  readonly id: number
  readonly x: readonly number[]
  readonly y: readonly (number | null)[]
  /** With `over: 'step'`: when each point was, in milliseconds since 1970, so that a span of steps is one of time. */
  readonly t?: readonly number[]
}

export interface SpansQuery extends Partial<Range> {
  /** In name, attributes or error; without regard to case. */
  readonly search?: string
  readonly failedOnly?: boolean
  /** `start`: as a tree, parents before children; `duration`: the longest first, flat. @default 'start' */
  readonly order?: 'start' | 'duration'
  readonly offset: number
  /** 1 to 500. */
  readonly limit: number
}

export interface SpanRow {
  /** Its number in the run: ask for its details by it. */
  readonly index: number
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  /** 0 for one that is part of none. */
  readonly depth: number
  readonly hasFailed: boolean
  readonly source?: string
}

export interface SpanRows {
  /** How many there are in all with this query; so far, where `isComplete` is false: ask again a moment later. */
  readonly total: number
  /** @default true */
  readonly isComplete?: false
  readonly rows: readonly SpanRow[]
}

export interface SpanDetails extends SpanRow {
  readonly id: string
  readonly parent?: string
  /** The parent's `index`; absent where the parent is not known. */
  readonly parentIndex?: number
  readonly error?: string
  readonly attributes: LoggedAttributes
}

export interface LogsQuery extends Partial<Range> {
  /** 0 to 6, as in `Overview.logCounts`. */
  readonly minSeverity?: number
  /** Without regard to case. */
  readonly search?: string
  readonly offset: number
  /** 1 to 500. */
  readonly limit: number
}

export interface LogRow {
  /** Its number in the run. */
  readonly index: number
  readonly t: number
  /** 0 to 6, as in `Overview.logCounts`. */
  readonly severity: number
  readonly text: string
  readonly source?: string
  readonly attributes?: LoggedAttributes
  /** In a list: it has the first 4,096 characters of the text at most, and no attributes where these are as long. */
  readonly isCut?: true
}

export interface LogRows {
  /** How many there are with this query; so far, where `isComplete` is false: ask again a moment later. */
  readonly total: number
  readonly isComplete: boolean
  readonly rows: readonly LogRow[]
}

/** One run, asked. */
export interface RunData {
  readonly overview: () => Promise<Overview>
  readonly curves: (query: CurvesQuery) => Promise<readonly Curve[]>
  readonly spans: (query: SpansQuery) => Promise<SpanRows>
  /** Undefined where there is none of that number. */
  readonly span: (index: number) => Promise<SpanDetails | undefined>
  /** Which row of the query the span of that number is, from 0: where to scroll to. Undefined: none of them. */
  readonly spanPlace: (
    query: Omit<SpansQuery, 'offset' | 'limit'>,
    index: number,
  ) => Promise<number | undefined>
  readonly logs: (query: LogsQuery) => Promise<LogRows>
  /** The whole of a row; undefined where there is none of that number. */
  readonly log: (index: number) => Promise<LogRow | undefined>
  /** How many rows of the query lie before that time: where to scroll to. */
  readonly logsBefore: (query: Omit<LogsQuery, 'offset' | 'limit'>, timeMs: number) => Promise<number>
}

/** All runs that are looked at: one, or several to compare. */
export interface RunsData {
  /** At least one. */
  readonly runs: readonly RunData[]
  /** Calls back when an overview has changed, at most twice a second; the returned function ends that. */
  readonly onChange: (listener: (run: number, overview: Overview) => void) => () => void
  /**
   * Calls back once when the server has gone (its run has ended, or it was stopped), with a sentence for people; never in
   * a report. The runs go on to answer where the server has handed over what it knew.
   */
  readonly onGone: (listener: (sentence: string) => void) => () => void
}
