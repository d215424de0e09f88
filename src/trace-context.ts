import { randomUuid } from './random-uuid.ts'

/** The span that something is part of. */
export interface TraceParent {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string
  readonly sampled: boolean
}

/** The ids of a task's span, chosen before anything of OpenTelemetry is loaded, so that a child can be told of them. */
export interface TaskTrace {
  readonly traceId: string
  readonly spanId: string
  /** The span that the task is part of. */
  readonly parentSpanId: string | undefined
  /** What makes a child's spans part of the task's span. */
  readonly traceparent: string
}

const shape = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/

/**
 * Reads a `traceparent`; undefined for what is none. A version of the future may have more fields, which are ignored.
 *
 * @see https://www.w3.org/TR/trace-context-1/#traceparent-header
 */
export const parseTraceparent = (text: string): TraceParent | undefined => {
  const [, version, traceId, spanId, flags, more] = shape.exec(text) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (version === '00' && more !== undefined) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** A `traceparent` of a span that is sampled. */
export const traceparentOf = (traceId: string, spanId: string): string => `00-${traceId}-${spanId}-01`

// the digits of a random UUID that are random: not the version in the middle, not the variant after it
const newSpanId = (random: () => string) => random().replace(/^(.{8}).*(.{8})$/, '$1$2')
// all of it: samplers look at the last 14 digits of a trace id only, and those are random
const newTraceId = (random: () => string) => random().replaceAll('-', '')

/**
 * A span for a task: part of the span that the outer `traceparent` names, or the first of a new trace if there is none
 * or it is not valid. It counts as sampled even if the outer one is not: a task that says nothing looks like a dead one.
 *
 * @param random - makes version 4 UUIDs
 */
export const newTaskTrace = (outer: string | undefined, random: () => string = randomUuid): TaskTrace => {
  const parent = outer === undefined ? undefined : parseTraceparent(outer)
  const traceId = parent?.traceId ?? newTraceId(random)
  const spanId = newSpanId(random)
  return { traceId, spanId, parentSpanId: parent?.spanId, traceparent: traceparentOf(traceId, spanId) }
}
