import { parseTraceparent } from '../trace-context.ts'
import { noAttributes } from './copy-attributes.ts'
import type { Event, Span, Timestamp } from './span.ts'

const never: Timestamp = Object.freeze({ wallMs: 0, monotonicMs: 0 })
const nothing = () => {}
const noEvent: Event = Object.freeze({
  name: 'span_start',
  attributes: noAttributes,
  at: never,
  verbosity: 0,
})

const idleSpans = new WeakSet<object>()

/** Whether a span is one that stands for those that are not recorded. */
export const isIdle = (span: Span): boolean => idleSpans.has(span)

/**
 * What stands for all spans of a recorder that does not record. It hands on the outer span, if there is one: another
 * process that records is then part of that.
 */
export const idleSpanIn = (outer: string | undefined): Span => {
  const outside = outer === undefined ? undefined : parseTraceparent(outer)
  const traceId = outside?.traceId ?? '0'.repeat(32)
  const spanId = outside?.spanId ?? '0'.repeat(16)
  const span: Span = Object.freeze({
    name: '',
    traceId,
    spanId,
    parent: undefined,
    parentSpanId: undefined,
    verbosity: 0,
    startedAt: never,
    stoppedAt: undefined,
    isActive: false,
    initialAttributes: noAttributes,
    updatedAttributes: noAttributes,
    startEvent: noEvent,
    stopEvent: undefined,
    hasFailed: false,
    durationMs: 0,
    setAttributes: nothing,
    traceparent: `00-${traceId}-${spanId}-${outside?.sampled ? '01' : '00'}`,
    [Symbol.dispose]: nothing,
  })
  idleSpans.add(span)
  return span
}
