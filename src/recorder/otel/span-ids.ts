import type { Tracer } from '@opentelemetry/api'
import type { Span } from '../span.ts'

/** What the OpenTelemetry SDK asks for the ids of a span that it starts; its `IdGenerator`. */
export interface IdGenerator {
  readonly generateTraceId: () => string
  readonly generateSpanId: () => string
}

/** Gives the spans of a recorder the ids that they have already, and all others those of another generator. */
export interface SpanIds extends IdGenerator {
  /** Spans that start from here on have the ids of `span`; `undefined`: their own. */
  readonly use: (span: Pick<Span, 'traceId' | 'spanId'> | undefined) => void
}

/**
 * An id generator for a tracer provider, so that the spans which the exporter starts there are the recorder's to the
 * last digit. Needed only where the exporter cannot bring its ids in by itself; pass it to both:
 *
 * ```ts
 * const ids = spanIds(new RandomIdGenerator())
 * const tracerProvider = new TracerProvider({ idGenerator: ids, spanProcessors })
 * const exporter = otelExporter({ tracerProvider, ids })
 * ```
 *
 * @param others - makes the ids of spans that are not of a recorder
 */
export const spanIds = (others: IdGenerator): SpanIds => {
  let next: Pick<Span, 'traceId' | 'spanId'> | undefined
  return {
    generateTraceId: () => next?.traceId ?? others.generateTraceId(),
    generateSpanId: () => next?.spanId ?? others.generateSpanId(),
    use: (span) => {
      next = span
    },
  }
}

const isIdGenerator = (value: unknown): value is IdGenerator =>
  typeof value === 'object' &&
  value !== null &&
  'generateSpanId' in value &&
  typeof value.generateSpanId === 'function' &&
  'generateTraceId' in value &&
  typeof value.generateTraceId === 'function'

/** A tracer and what hands it ids. */
export interface TracerWithIds {
  readonly tracer: Tracer
  readonly ids: SpanIds
}

/**
 * A second tracer of the same provider, which takes the recorder's ids: same resource, sampler, limits and processors.
 * A provider's generator can be chosen only by who makes the provider, and often that is a preloaded file. All tracers
 * of the JavaScript SDK, from 1.0 to 3.1, keep theirs in `_idGenerator`. Undefined for other tracers.
 */
export const withIdsOfRecorder = (tracer: Tracer): TracerWithIds | undefined => {
  const others = '_idGenerator' in tracer ? tracer._idGenerator : undefined
  if (!isIdGenerator(others)) return undefined
  const ids = spanIds({
    generateTraceId: () => others.generateTraceId(),
    generateSpanId: () => others.generateSpanId(),
  })
  const copy = Object.assign(Object.create(Object.getPrototypeOf(tracer)), tracer, { _idGenerator: ids })
  return { tracer: copy, ids }
}
