import type { Clock } from '../clock.ts'
import type { Attributes } from './attributes.ts'
import type { Exporter } from './exporter.ts'
import type { RemoteSpan, Span } from './span.ts'

/** What is exported of what is recorded. All conditions that are given have to hold. */
export interface Filter {
  /** Only spans of these names. @default all */
  readonly allow?: readonly string[]
  /** No spans of these names. */
  readonly deny?: readonly string[]
  /** Spans and events above it are hidden. @default Infinity */
  readonly maxVerbosity?: number
  /**
   * Whether to export a span or event with these attributes; of a span those that it was started with. Errors are not
   * asked about: they are seen where their span is.
   */
  readonly where?: (attributes: Attributes, name: string) => boolean
}

/**
 * Statistics that grow with a stream of events, or of spans that stop without an error, and are told as events of their
 * own. What a filter hides counts all the same.
 *
 * They belong to the span of the event, or the parent of the span: one set of numbers for each such span, in an event
 * with the attributes `<attribute>_count`, `_last`, `_min`, `_max`, `_avg` and `_total`.
 */
export interface AggregateRule {
  /** The event, or span, whose values count. */
  readonly source: string
  /** The attribute that is counted; of a span also `duration_msec`. */
  readonly attribute: string
  /** Name of the event that tells the statistics, such as `checkpoint stats update`. */
  readonly event: string
  /** After so many values it is told, and at the end of the span that it belongs to. @default 1 */
  readonly every?: number
}

/** What was not exported, and why. All numbers only grow. */
export interface RecorderStats {
  /** Attributes and times that were none. */
  readonly droppedValues: number
  readonly exporters: readonly ExporterStats[]
}

export interface ExporterStats {
  readonly name: string
  /** Calls that went well; with `deliversLater` the number of `host.delivered`. */
  readonly delivered: number
  readonly failures: number
  /** Items that it was not asked to take: more waited than may, or it was given up. */
  readonly lost: number
  /** Given up, after too many failures. */
  readonly isDisabled: boolean
  /** Whether it was told that its data is not complete. */
  readonly wasSignalled: boolean
}

/**
 * What becomes of mistakes in the use of the recorder, and of its own faults; failures of exporters never reach anybody.
 * `propagate`: a `RecorderError` is thrown. `quiet`: one line, and from then on nothing is recorded; bodies run all the
 * same.
 */
export type ErrorStrategy = 'propagate' | 'quiet'

export interface DisableAfter {
  readonly failures: number
  /** Whether only failures in a row count, or, as upstream does, all. @default 'consecutive' */
  readonly count?: 'consecutive' | 'cumulative'
}

export interface RecorderOptions {
  readonly exporters: readonly (Exporter | { readonly exporter: Exporter; readonly filter?: Filter })[]
  /** For all exporters, before their own. */
  readonly filter?: Filter
  readonly aggregates?: readonly AggregateRule[]
  /** @default 'propagate' */
  readonly errorStrategy?: ErrorStrategy
  /** When an exporter is given up. @default 5 in a row */
  readonly disableExporterAfter?: DisableAfter
  /** How long `forceFlush` and `close` each wait for an exporter that hangs, in milliseconds. @default 5000 */
  readonly flushTimeoutMs?: number
  /** Of the span that all this is part of; one that is not valid counts as none. `TRACEPARENT` is not read: pass it. */
  readonly traceparent?: string
  /** The same across restarts. */
  readonly runId?: string
  /** False: nothing is recorded, bodies run. @default true */
  readonly enabled?: boolean
  /** Writes one line for people: an exporter is given up; with `quiet` only one in all. @default stderr */
  readonly log?: (line: string) => void
  readonly clock?: Clock
}

export interface StartOptions {
  readonly attributes?: Attributes
  /** Of the event `span_start`. */
  readonly startEventAttributes?: Attributes
  /** @default now */
  readonly startedAt?: Date
  /** `undefined`: the current span. `null`: none, the span is the first of its own trace. */
  readonly parent?: Span | RemoteSpan | null
  /** @default 0 */
  readonly verbosity?: number
}

export interface StopOptions {
  /** Of the event `span_stop`. */
  readonly stopEventAttributes?: Attributes
  /** Not before the start. @default now */
  readonly stoppedAt?: Date
}

export interface EventOptions {
  readonly attributes?: Attributes
  /** @default now */
  readonly at?: Date
  /** @default 0 */
  readonly verbosity?: number
}

export interface Recorder extends AsyncDisposable {
  /** Starts a span. It is current for nobody: `timedSpan` makes one current. */
  readonly start: (name: string, options?: StartOptions) => Span
  readonly stop: (span: Span, options?: StopOptions) => void
  readonly event: (span: Span, name: string, options?: EventOptions) => void
  /** Records an error of the application. */
  readonly error: (span: Span, message: string, error?: unknown) => void
  /** Tells all exporters, each once in its life, that what was recorded is incomplete. */
  readonly telemetryDataError: (message: string, attributes?: Attributes) => void
  /**
   * A span around `body`, current in it and in all that it calls, also later. The body's result or error is the result;
   * of a thenable, a promise of it. An error is recorded, unless it is an `AbortError`: then the event `span_stop` has
   * the attribute `aborted`. A generator is a result as any other: the span is over before it runs.
   */
  readonly timedSpan: <T>(name: string, options: StartOptions, body: (span: Span) => T) => T
  /** The span that the caller runs in. */
  readonly currentSpan: () => Span | undefined
  readonly stats: () => RecorderStats
  /** Resolves when all exporters have brought out what they have, or were given up. Never rejects. */
  readonly forceFlush: () => Promise<void>
  /** Stops what is open, newest first, flushes and closes the exporters. Again: nothing. Never rejects. */
  readonly close: () => Promise<void>
}
