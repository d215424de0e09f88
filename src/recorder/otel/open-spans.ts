import { type Context, type Span as OtelSpan, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import type { ExportedSpan } from '../exporter.ts'
import type { Span } from '../span.ts'

/** A span of the recorder and its twin in OpenTelemetry. */
export interface OpenSpan {
  readonly span: Span
  readonly twin: OtelSpan
  /** Whether its beginning has left as a log record. */
  isAnnounced: boolean
  hasStatus: boolean
  isOpen: boolean
  /** For its children and log records; made when it is needed first. */
  context: Context | undefined
  /** Neighbours among those that go on, by their start. */
  older: OpenSpan | undefined
  newer: OpenSpan | undefined
}

const contextOfIds = ({ traceId }: Span, spanId: string, isRemote: boolean): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote })

const ancestor = (span: Span, spanId: string): Span | undefined => {
  let candidate = span.parent
  while (candidate && candidate.spanId !== spanId) candidate = candidate.parent
  return candidate
}

export interface OpenSpans {
  readonly add: (span: Span, twin: OtelSpan) => OpenSpan
  /** Undefined for what was never added, or was removed. */
  readonly get: (span: Span) => OpenSpan | undefined
  readonly remove: (open: OpenSpan) => void
  /** Oldest first. `visit` may remove what it is given. */
  readonly each: (visit: (open: OpenSpan) => void) => void
  readonly clear: () => void
  /** The context in which a span is current, also after its end; by its ids alone, if it is unknown here. */
  readonly contextOf: (span: Span) => Context
  /** The context that a span has to be started in. */
  readonly contextFor: (exported: ExportedSpan) => Context
}

/**
 * The spans that go on. Each carries its twin, under a symbol that only this list knows, and is in a list through its
 * neighbours: a map from spans to twins would cost a tenth of what OpenTelemetry needs for the span.
 */
export const createOpenSpans = (): OpenSpans => {
  const key = Symbol('taskbeat.recorder.otel')
  type Carrier = Span & { [key]?: OpenSpan }
  let oldest: OpenSpan | undefined
  let newest: OpenSpan | undefined

  const contextOf = (span: Carrier): Context => {
    const known = span[key]
    if (!known) return contextOfIds(span, span.spanId, false)
    known.context ??= trace.setSpan(ROOT_CONTEXT, known.twin)
    return known.context
  }

  const remove = (open: OpenSpan) => {
    if (open.older) open.older.newer = open.newer
    else oldest = open.newer
    if (open.newer) open.newer.older = open.older
    else newest = open.older
    open.older = undefined
    open.newer = undefined
    open.isOpen = false
  }
  const each = (visit: (open: OpenSpan) => void) => {
    let open = oldest
    while (open) {
      const { newer } = open
      visit(open)
      open = newer
    }
  }

  return {
    add: (span: Carrier, twin) => {
      const open: OpenSpan = {
        span,
        twin,
        isAnnounced: false,
        hasStatus: false,
        isOpen: true,
        context: undefined,
        older: newest,
        newer: undefined,
      }
      span[key] = open
      if (newest) newest.newer = open
      else oldest = open
      newest = open
      return open
    },
    get: (span: Carrier) => {
      const known = span[key]
      return known?.isOpen ? known : undefined
    },
    remove,
    each,
    clear: () => each(remove),
    contextOf,
    contextFor: ({ span, parentSpanId }) => {
      if (parentSpanId === undefined) return ROOT_CONTEXT
      // most have the parent that they were recorded with
      const parent = span.parent?.spanId === parentSpanId ? span.parent : ancestor(span, parentSpanId)
      return parent ? contextOf(parent) : contextOfIds(span, parentSpanId, true)
    },
  }
}
