import type { Attributes } from '../../../src/recorder/attributes.ts'
import type { ErrorEvent, Event, Span } from '../../../src/recorder/span.ts'

type Changeable<T> = { -readonly [K in keyof T]: T[K] }

const startMs = Date.parse('2026-11-20T10:00:00.000Z')
let count = 0

/** A span as the recorder hands it out, all of whose fields a test may set. */
export const fakeSpan = (options: Partial<Span> = {}): Changeable<Span> => {
  count += 1
  const spanId = count.toString(16).padStart(16, '0')
  const { parent } = options
  return {
    isActive: true,
    startEvent: fakeEvent('span_start', { timestamp_msec: startMs }),
    stopEvent: undefined,
    name: 'work',
    traceId: parent?.traceId ?? count.toString(16).padStart(32, 'a'),
    spanId,
    parent: undefined,
    parentSpanId: parent?.spanId,
    verbosity: 0,
    startedAt: { wallMs: startMs, monotonicMs: 0 },
    stoppedAt: undefined,
    initialAttributes: {},
    updatedAttributes: {},
    hasFailed: false,
    durationMs: 0,
    setAttributes: () => {},
    traceparent: '',
    [Symbol.dispose]: () => {},
    ...options,
  }
}

/** As an exporter gets it that sees all spans. */
export const exported = (span: Span) => ({ span, parentSpanId: span.parentSpanId })

export const fakeEvent = (name: string, attributes: Attributes = {}, atMs = 0, verbosity = 0): Event => ({
  name,
  attributes,
  at: { wallMs: startMs + atMs, monotonicMs: atMs },
  verbosity,
})

export const fakeError = (attributes: Attributes): ErrorEvent => ({
  ...fakeEvent('error', attributes),
  name: 'error',
})
