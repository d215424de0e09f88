import type { Attributes, Context, Span as OtelSpan, Tracer, TracerProvider } from '@opentelemetry/api'
import type { ExportedSpan } from '../exporter.ts'
import type { Span } from '../span.ts'
import { hrTime, otelAttributes } from './mapping.ts'
import { findTracer } from './providers.ts'
import { type SpanIds, withIdsOfRecorder } from './span-ids.ts'

/** Starts the span of OpenTelemetry that is the same as one of the recorder; undefined as long as there is no SDK. */
export type StartTwin = (exported: ExportedSpan) => OtelSpan | undefined

interface Tracing {
  readonly tracer: Tracer
  readonly ids: SpanIds | undefined
}

export interface TwinsOptions {
  readonly provider: TracerProvider | undefined
  readonly ids: SpanIds | undefined
  readonly scope: string
  readonly contextFor: (exported: ExportedSpan) => Context
  /** Adds what all have. */
  readonly dress: (attributes: Attributes) => Attributes
}

export const createTwins = ({ provider, ids, scope, contextFor, dress }: TwinsOptions): StartTwin => {
  let tracing: Tracing | undefined
  const find = () => {
    const tracer = findTracer(provider, scope)
    tracing = tracer && ((ids ? undefined : withIdsOfRecorder(tracer)) ?? { tracer, ids })
    return tracing
  }
  const start = ({ tracer, ids }: Tracing, span: Span, context: Context): OtelSpan => {
    const startTime = hrTime(span.startedAt.wallMs)
    const attributes = dress(otelAttributes(span.initialAttributes))
    ids?.use(span)
    try {
      return tracer.startSpan(span.name, { startTime, attributes }, context)
    } finally {
      ids?.use(undefined)
    }
  }
  return (exported) => {
    const found = tracing ?? find()
    if (!found) return undefined
    const { span } = exported
    const twin = start(found, span, contextFor(exported))
    if (twin.spanContext().spanId !== span.spanId)
      twin.setAttributes({
        'taskbeat.recorder.trace_id': span.traceId,
        'taskbeat.recorder.span_id': span.spanId,
      })
    return twin
  }
}
