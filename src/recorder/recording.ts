import { parseTraceparent, type TraceParent } from '../trace-context.ts'
import { openAggregation } from './aggregation.ts'
import type { Attributes } from './attributes.ts'
import { addAttributes, copyAttributes, noAttributes, type OwnAttributes } from './copy-attributes.ts'
import { errorAttributes } from './error-attributes.ts'
import type { ExporterPlaces } from './exporter-places.ts'
import { openSpans } from './open-spans.ts'
import {
  eventAt,
  nearestActive,
  nowhere,
  RecordedSpan,
  type SpanKeeper,
  type SpanRecord,
} from './recorded-span.ts'
import type { AggregateRule, EventOptions, StartOptions, StopOptions } from './recorder.ts'
import { RecorderError } from './recorder-error.ts'
import type { Span, Timestamp } from './span.ts'
import type { Timekeeper } from './timekeeper.ts'

/** What is done with spans. A mistake of the caller is thrown before anything is done. */
export interface Recording {
  readonly start: (name: string, options: StartOptions, current: RecordedSpan | undefined) => RecordedSpan
  readonly stop: (span: Span, options: StopOptions | undefined) => void
  readonly event: (span: Span, name: string, options: EventOptions | undefined) => void
  /** @param isThrown - whether `thrown` is what was thrown, even if it is undefined */
  readonly error: (span: Span, message: string, thrown: unknown, isThrown: boolean) => void
  readonly update: (span: RecordedSpan, attributes: Attributes) => void
  readonly telemetryDataError: (message: string, attributes: Attributes | undefined) => void
  /** The span that was started last and goes on. */
  readonly newestOpen: () => RecordedSpan | undefined
  readonly droppedValues: () => number
}

export interface RecordingParts {
  readonly keeper: SpanKeeper
  readonly places: ExporterPlaces
  readonly aggregates: readonly AggregateRule[]
  readonly timekeeper: Timekeeper
  /** The span that all is part of. */
  readonly outer: TraceParent | undefined
}

export const openRecording = ({
  keeper,
  places,
  aggregates,
  timekeeper,
  outer,
}: RecordingParts): Recording => {
  const { monotonicMs, wallMsAt, now, stampOf } = timekeeper
  const open = openSpans()
  let dropped = 0
  let untold: string | undefined

  const onDropped = (name: string, why: string) => {
    dropped += 1
    untold ??= name === '' ? why : `${name} ${why}`
  }
  const tellDropped = (span: RecordedSpan) => {
    if (untold === undefined) return
    const message = `Of span ${span.name} something was left out: ${untold}`
    untold = undefined
    places.signal(span, message)
  }

  const copy = (attributes: Attributes | undefined): OwnAttributes =>
    attributes === undefined ? {} : copyAttributes(attributes, onDropped)
  const stampAt = (date: Date | undefined): Timestamp => {
    if (date === undefined) return now()
    if (date instanceof Date && !Number.isNaN(date.getTime())) return stampOf(date)
    onDropped('', 'a time is no date')
    return now()
  }

  const ownActive = (span: Span): RecordedSpan => {
    if (!(span instanceof RecordedSpan) || span.keeper !== keeper)
      throw new RecorderError('FOREIGN_SPAN', 'the span is not of this recorder')
    if (!span.isActive) throw new RecorderError('SPAN_STOPPED', `the span ${span.name} has stopped already`)
    return span
  }
  const checkName = (name: unknown, what: string) => {
    if (typeof name !== 'string' || name === '')
      throw new RecorderError('WRONG_USE', `${what} needs a name, got ${typeof name}`)
  }

  const newSpan = (
    name: string,
    parent: StartOptions['parent'],
    verbosity: number,
    current: RecordedSpan | undefined,
  ) => {
    if (parent === undefined)
      return new RecordedSpan(keeper, name, current, current === undefined ? outer : undefined, verbosity)
    if (parent instanceof RecordedSpan && parent.keeper === keeper)
      return new RecordedSpan(keeper, name, parent, undefined, verbosity)
    const remote = typeof parent?.traceparent === 'string' ? parseTraceparent(parent.traceparent) : undefined
    return new RecordedSpan(keeper, name, undefined, remote, verbosity)
  }

  const { countingOf, countOn, tellRest } = openAggregation(aggregates, (span, name, attributes) =>
    places.hand('event', span, eventAt(name, attributes, now())),
  )

  /** The record of a span that starts now, if anybody sees or counts it. */
  const openRecord = (span: RecordedSpan, options: StartOptions): SpanRecord | undefined => {
    const { name, verbosity } = span
    const isCounted = countingOf(name) !== undefined
    if (!isCounted && !places.mayShow(name, verbosity)) return undefined
    const initialAttributes = options.attributes === undefined ? noAttributes : copy(options.attributes)
    span.views = places.viewsOf(span, initialAttributes)
    if (!isCounted && span.views === nowhere) return undefined
    const startMs = monotonicMs()
    const record = {
      initialAttributes,
      updatedAttributes: noAttributes,
      startEventAttributes:
        options.startEventAttributes === undefined ? noAttributes : copy(options.startEventAttributes),
      stopEventAttributes: noAttributes,
      startWallMs: wallMsAt(startMs),
      startMonotonicMs: startMs,
      stopWallMs: 0,
      stopMonotonicMs: 0,
      older: undefined,
      newer: undefined,
      isListed: false,
    }
    if (options.startedAt !== undefined) {
      const { wallMs, monotonicMs: atMs } = stampAt(options.startedAt)
      record.startWallMs = wallMs
      record.startMonotonicMs = atMs
    }
    return record
  }

  const closeRecord = (record: SpanRecord, options: StopOptions | undefined) => {
    const stopMs = monotonicMs()
    record.stopMonotonicMs = stopMs
    record.stopWallMs = wallMsAt(stopMs)
    if (options?.stoppedAt !== undefined) {
      const { wallMs, monotonicMs: atMs } = stampAt(options.stoppedAt)
      record.stopMonotonicMs = Math.max(atMs, record.startMonotonicMs)
      record.stopWallMs = Math.max(wallMs, record.startWallMs)
    }
    if (options?.stopEventAttributes !== undefined)
      record.stopEventAttributes = copy(options.stopEventAttributes)
    const duration = Math.floor(record.stopMonotonicMs - record.startMonotonicMs)
    record.updatedAttributes = { ...record.updatedAttributes, duration_msec: duration }
  }

  return {
    start: (name, options, current) => {
      checkName(name, 'a span')
      const span = newSpan(name, options.parent, options.verbosity ?? 0, current)
      const record = openRecord(span, options)
      if (record !== undefined) {
        span.record = record
        open.add(span, record)
        places.hand('start', span, undefined)
      }
      if (untold !== undefined) tellDropped(span)
      return span
    },
    stop: (given, options) => {
      const span = ownActive(given)
      const { record } = span
      span.isActive = false
      if (record === undefined) return
      open.remove(record)
      closeRecord(record, options)
      const counting = span.hasFailed ? undefined : countingOf(span.name)
      const attributes = counting && { ...record.initialAttributes, ...record.updatedAttributes }
      const target = counting && nearestActive(span.parent)
      try {
        if (counting && attributes && !target) countOn(span, counting, attributes)
        if (span.statistics !== undefined) tellRest(span)
      } finally {
        places.hand('stop', span, undefined)
      }
      if (counting && attributes && target) countOn(target, counting, attributes)
      if (untold !== undefined) tellDropped(span)
    },
    event: (given, name, options) => {
      const span = ownActive(given)
      checkName(name, 'an event')
      const counting = countingOf(name)
      if (span.views === nowhere && counting === undefined) return
      const at = stampAt(options?.at)
      const event = eventAt(name, copy(options?.attributes), at, options?.verbosity)
      places.hand('event', span, event)
      if (counting) countOn(span, counting, event.attributes)
      tellDropped(span)
    },
    error: (given, message, thrown, isThrown) => {
      const span = ownActive(given)
      span.hasFailed = true
      if (span.views === nowhere) return
      places.hand('error', span, eventAt('error', errorAttributes(String(message), thrown, isThrown), now()))
    },
    update: (span, attributes) => {
      const { record, isActive } = span
      if (!isActive) dropped += 1
      if (!isActive || record === undefined) return
      if (record.updatedAttributes === noAttributes) record.updatedAttributes = {}
      addAttributes(record.updatedAttributes as OwnAttributes, copy(attributes), onDropped)
      tellDropped(span)
    },
    telemetryDataError: (message, attributes) => {
      places.signalAll(String(message), copy(attributes))
      untold = undefined
    },
    newestOpen: open.newest,
    droppedValues: () => dropped,
  }
}
