import type { TraceParent } from '../trace-context.ts'
import type { Attributes } from './attributes.ts'
import { noAttributes, type OwnAttributes } from './copy-attributes.ts'
import type { ExportedSpan } from './exporter.ts'
import { newSpanId, newTraceId } from './ids.ts'
import type { Event, Span, Timestamp } from './span.ts'
import type { StatisticsByRule } from './statistics.ts'

/** What a span needs of the recorder that it is of. */
export interface SpanKeeper {
  readonly monotonicMs: () => number
  readonly stop: (span: RecordedSpan) => void
  readonly update: (span: RecordedSpan, attributes: Attributes) => void
}

/** By the place of an exporter: the span as that one sees it. */
export type Views = readonly (ExportedSpan | undefined)[]

/** Seen by no exporter. */
export const nowhere: Views = Object.freeze([])

/** An event, with the attribute that upstream gives to each. The attributes become the event's own. */
export const eventAt = (name: string, attributes: OwnAttributes, at: Timestamp, verbosity = 0): Event => {
  attributes.timestamp_msec = Math.floor(at.wallMs)
  return { name, attributes, at, verbosity }
}

/** What is kept of a span that somebody sees or counts. */
export interface SpanRecord {
  initialAttributes: Attributes
  updatedAttributes: Attributes
  startEventAttributes: Attributes
  stopEventAttributes: Attributes
  startWallMs: number
  startMonotonicMs: number
  stopWallMs: number
  stopMonotonicMs: number
  /** Neighbours among the spans that go on, by their start. */
  older: RecordedSpan | undefined
  newer: RecordedSpan | undefined
  isListed: boolean
}

/** The first span of a tree, as far as it is of this recorder. */
const firstOf = (span: RecordedSpan): RecordedSpan => {
  let first = span
  while (first.parent !== undefined) first = first.parent
  return first
}

/** The nearest of a span and its ancestors for which something holds. */
export const nearest = (
  span: RecordedSpan | undefined,
  holds: (span: RecordedSpan) => boolean,
): RecordedSpan | undefined => {
  let candidate = span
  while (candidate !== undefined && !holds(candidate)) candidate = candidate.parent
  return candidate
}

const isActive = (span: RecordedSpan) => span.isActive

/** The nearest of a span and its ancestors that goes on. */
export const nearestActive = (span: RecordedSpan | undefined): RecordedSpan | undefined =>
  nearest(span, isActive)

const zero: Timestamp = Object.freeze({ wallMs: 0, monotonicMs: 0 })

/**
 * A span of a recorder. A class, unlike most else here, as one is made for each piece of work: its methods are there
 * once, and what is seldom asked for (ids, timestamps, the events of start and stop) is made when it is asked for.
 *
 * The recorder changes its fields; for all others it is a `Span`.
 */
export class RecordedSpan implements Span {
  readonly name: string
  readonly parent: RecordedSpan | undefined
  readonly verbosity: number
  readonly keeper: SpanKeeper
  /** For a span that has no parent in this recorder. */
  readonly remoteParent: TraceParent | undefined

  isActive = true
  hasFailed = false
  views: Views = nowhere
  /** Absent if nobody sees or counts it. */
  record: SpanRecord | undefined = undefined
  statistics: StatisticsByRule | undefined = undefined
  ownTraceId: string | undefined = undefined
  ownSpanId: string | undefined = undefined

  constructor(
    keeper: SpanKeeper,
    name: string,
    parent: RecordedSpan | undefined,
    remoteParent: TraceParent | undefined,
    verbosity: number,
  ) {
    this.keeper = keeper
    this.name = name
    this.parent = parent
    this.remoteParent = remoteParent
    this.verbosity = verbosity
  }

  get traceId(): string {
    if (this.ownTraceId === undefined) {
      const first = firstOf(this)
      first.ownTraceId ??= first.remoteParent?.traceId ?? newTraceId()
      this.ownTraceId = first.ownTraceId
    }
    return this.ownTraceId
  }

  get spanId(): string {
    this.ownSpanId ??= newSpanId()
    return this.ownSpanId
  }

  get parentSpanId(): string | undefined {
    return this.parent ? this.parent.spanId : this.remoteParent?.spanId
  }

  /** Sampled, whatever the outer span is: what is recorded goes to the exporters. */
  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-01`
  }

  get startedAt(): Timestamp {
    if (this.record === undefined) return zero
    return { wallMs: this.record.startWallMs, monotonicMs: this.record.startMonotonicMs }
  }

  get stoppedAt(): Timestamp | undefined {
    if (this.isActive) return undefined
    if (this.record === undefined) return zero
    return { wallMs: this.record.stopWallMs, monotonicMs: this.record.stopMonotonicMs }
  }

  get initialAttributes(): Attributes {
    return this.record?.initialAttributes ?? noAttributes
  }

  get updatedAttributes(): Attributes {
    return this.record?.updatedAttributes ?? noAttributes
  }

  get startEvent(): Event {
    return eventAt('span_start', { ...this.record?.startEventAttributes }, this.startedAt)
  }

  get stopEvent(): Event | undefined {
    const at = this.stoppedAt
    return at && eventAt('span_stop', { ...this.record?.stopEventAttributes }, at)
  }

  get durationMs(): number {
    if (this.record === undefined) return 0
    const endMs = this.isActive ? this.keeper.monotonicMs() : this.record.stopMonotonicMs
    return endMs - this.record.startMonotonicMs
  }

  setAttributes(attributes: Attributes): void {
    this.keeper.update(this, attributes)
  }

  [Symbol.dispose](): void {
    if (this.isActive) this.keeper.stop(this)
  }
}

/** A span as an exporter sees it that does not see all of its ancestors. */
export class ShownSpan implements ExportedSpan {
  readonly span: RecordedSpan
  readonly #parent: RecordedSpan | undefined

  constructor(span: RecordedSpan, parent: RecordedSpan | undefined) {
    this.span = span
    this.#parent = parent
  }

  get parentSpanId(): string | undefined {
    return this.#parent ? this.#parent.spanId : firstOf(this.span).remoteParent?.spanId
  }
}
