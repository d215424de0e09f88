import {
  type Context,
  type LoggerProvider,
  type Attributes as OtelAttributes,
  type Span as OtelSpan,
  SpanStatusCode,
  TraceFlags,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { type Clock, systemClock } from '../../clock.ts'
import type { ExportedSpan, Exporter, ExporterHost } from '../exporter.ts'
import type { ErrorEvent, Event, Span, TelemetryDataErrorEvent } from '../span.ts'
import { createAnnouncements } from './announcements.ts'
import { createEvents } from './events.ts'
import type { ExportWatch } from './export-watch.ts'
import {
  asException,
  endOf,
  errorMessage,
  errorRecord,
  eventRecord,
  setUpdated,
  startRecord,
  stopRecord,
  tellingStart,
  tellingStop,
} from './mapping.ts'
import { createOpenSpans, type OpenSpan } from './open-spans.ts'
import { flushProviders } from './providers.ts'
import type { SpanIds } from './span-ids.ts'
import { createTwins } from './twins.ts'

export interface OtelExporterOptions {
  /** @default the registered one, as soon as there is one */
  readonly tracerProvider?: TracerProvider
  /** @default the registered one, as soon as there is one */
  readonly loggerProvider?: LoggerProvider
  /** What the tracer provider was made with, where the exporter cannot bring in its ids by itself. */
  readonly ids?: SpanIds
  /** Sees which batches arrive: those that do not are failures of this exporter. @default a failed flush alone is one */
  readonly exports?: ExportWatch
  /** The instrumentation scope. @default 'taskbeat.recorder' */
  readonly scope?: string
  /**
   * A span that goes on for so long, in milliseconds, leaves a log record `span_start`: a killed process never ends its
   * spans, and OpenTelemetry exports them at their end. `Infinity`: never. @default 5000
   */
  readonly announceAfterMs?: number
  /** For messages. @default 'otel' */
  readonly name?: string
  readonly clock?: Clock
}

/** An exporter whose spans exist in OpenTelemetry too. All calls but a flush are done when they return. */
export interface OtelExporter extends Exporter {
  readonly initialize: (host: ExporterHost) => void
  readonly exportStart: (exported: ExportedSpan) => void
  readonly exportStop: (exported: ExportedSpan) => void
  readonly exportEvent: (exported: ExportedSpan, event: Event) => void
  readonly exportError: (exported: ExportedSpan, event: ErrorEvent) => void
  readonly exportTelemetryDataError: (event: TelemetryDataErrorEvent) => void
  readonly forceFlush: () => Promise<void>
  readonly close: () => void
  /**
   * The context of OpenTelemetry in which the span is current, so that what instrumentations record becomes part of it.
   *
   * ```ts
   * context.with(exporter.contextOf(span), () => fetch(url))
   * ```
   */
  readonly contextOf: (span: Span) => Context
}

/** For a span that only log records tell of. */
const standInOf = ({ traceId, spanId }: Span): OtelSpan =>
  trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.SAMPLED })

/**
 * Makes OpenTelemetry spans of the recorder's spans, with the same ids, and log records of their events at the moment
 * that they happen: as many as there are, and also if the process is killed later. Where spans are wanted and no log
 * records, events become span events, of which the SDK keeps the last 128.
 *
 * Without an SDK it does nothing. The providers stay the caller's: they are flushed here, never shut down.
 */
export const otelExporter = ({
  tracerProvider,
  loggerProvider,
  ids,
  exports,
  scope = 'taskbeat.recorder',
  announceAfterMs = 5000,
  name = 'otel',
  clock = systemClock,
}: OtelExporterOptions = {}): OtelExporter => {
  const spans = createOpenSpans()
  let runId: string | undefined
  /** Of all attributes on their way out. */
  const dress = (attributes: OtelAttributes | undefined): OtelAttributes =>
    runId === undefined ? (attributes ?? {}) : { ...attributes, 'taskbeat.run_id': runId }
  const startTwin = createTwins({ provider: tracerProvider, ids, scope, contextFor: spans.contextFor, dress })
  const events = createEvents({ spans, provider: loggerProvider, scope, dress })
  const announce = (open: OpenSpan) => {
    open.isAnnounced = events.log(open.span, startRecord)
  }
  const announcements = createAnnouncements(spans, announceAfterMs, clock, announce)
  let lastFlush: Promise<void> = Promise.resolve()
  let batchFailures = 0
  let unlisten: (() => void) | undefined

  return {
    name,
    deliversLater: exports !== undefined,

    initialize: (host) => {
      runId = host.runId
      unlisten = exports?.listen({
        delivered: host.delivered,
        failed: (cause) => {
          batchFailures += 1
          host.failed(cause)
        },
      })
    },

    exportStart: (exported) => {
      const { span } = exported
      const twin = startTwin(exported) ?? (events.areLogged() ? standInOf(span) : undefined)
      if (!twin) return
      const open = spans.add(span, twin)
      const start = tellingStart(span)
      if (start) open.isAnnounced = events.tell(span, start, () => startRecord(span))
      else announcements.arm()
    },

    exportStop: ({ span }) => {
      const open = spans.get(span)
      if (!open) return
      const { twin } = open
      const stop = open.isAnnounced ? span.stopEvent : tellingStop(span)
      if (stop) events.tell(span, stop, stopRecord)
      spans.remove(open)
      setUpdated(twin, span)
      if (span.hasFailed && !open.hasStatus) twin.setStatus({ code: SpanStatusCode.ERROR })
      twin.end(endOf(span))
    },

    exportEvent: ({ span }, event) => {
      events.tell(span, event, eventRecord)
    },

    exportError: ({ span }, event) => {
      events.tell(span, asException(event), errorRecord)
      const open = spans.get(span)
      if (!open) return
      open.twin.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(event) })
      open.hasStatus = true
    },

    exportTelemetryDataError: events.tellDataError,

    forceFlush: () => {
      announcements.tellAll()
      // the batch processor of logs answers a second flush at once, with nothing out
      const flushed = lastFlush.then(async () => {
        const failuresBefore = batchFailures
        try {
          await flushProviders(tracerProvider, loggerProvider)
        } catch (error) {
          // unless the host was told of it as a batch
          if (batchFailures === failuresBefore) throw error
        }
      })
      lastFlush = flushed.catch(() => undefined)
      return flushed
    },

    close: () => {
      unlisten?.()
      announcements.close()
      spans.clear()
    },

    contextOf: spans.contextOf,
  }
}
