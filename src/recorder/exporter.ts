import type { ErrorEvent, Event, Span, TelemetryDataErrorEvent } from './span.ts'

/** What an exporter has done, or will have done. */
export type Done = void | Promise<void>

/** A span as one exporter sees it: its parent is the nearest ancestor that this exporter sees too. */
export interface ExportedSpan {
  readonly span: Span
  /** The nearest ancestor that is exported here; of another process for the first span of this one, if it has any. */
  readonly parentSpanId: string | undefined
}

/** What an exporter may know of its recorder, and tell it. */
export interface ExporterHost {
  /** Of `RecorderOptions`. */
  readonly runId: string | undefined
  /** Something failed outside of a call, such as a batch in the background: counts as a failed call does. */
  readonly failed: (cause: unknown) => void
  /** What was taken by calls before has arrived; only of use with `deliversLater`. */
  readonly delivered: () => void
}

/**
 * Brings what is recorded to one place. All may throw or reject: that is counted, and hurts nobody else.
 *
 * Calls for one span come in order, `exportStart` first and `exportStop` last, also after one that failed; calls for
 * several spans are mixed. While a call has returned a promise that is not settled, the next ones wait, in order, at
 * most 10,000 of them; what comes then is lost, counted, and told to this exporter as a telemetry data error. (The stop
 * of a span whose start was taken always finds room.) So an exporter that sends in batches should take items at once and
 * tell its host of failures. As calls may come late, `exportStart` should look at what does not change any more: ids,
 * `initialAttributes`, `startedAt`, `startEvent`.
 *
 * What is hidden by a filter never comes here.
 */
export interface Exporter {
  /** For messages. */
  readonly name: string
  /**
   * That a call returns means only that the item was taken: what became of it is told by `host.delivered` and
   * `host.failed`. @default false
   */
  readonly deliversLater?: boolean
  /** Called once, before anything else. If it fails, nothing else is called but `close`. */
  readonly initialize?: (host: ExporterHost) => Done
  readonly exportStart: (exported: ExportedSpan) => Done
  readonly exportStop: (exported: ExportedSpan) => Done
  readonly exportEvent: (exported: ExportedSpan, event: Event) => Done
  readonly exportError: (exported: ExportedSpan, event: ErrorEvent) => Done
  readonly exportTelemetryDataError: (event: TelemetryDataErrorEvent) => Done
  /** Resolves when all that came until now is out. */
  readonly forceFlush?: () => Done
  /** Called once, last of all, also if the exporter was disabled. */
  readonly close: () => Done
}
