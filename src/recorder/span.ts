import type { Attributes } from './attributes.ts'

/** A moment on both clocks: the wall's, which people read and somebody may set, and one that only grows. */
export interface Timestamp {
  /** Milliseconds since 1970, with fractions. */
  readonly wallMs: number
  /** Milliseconds from a beginning that means nothing. */
  readonly monotonicMs: number
}

/** Something that happened at one moment of a span. */
export interface Event {
  readonly name: string
  /** With `timestamp_msec`, the whole milliseconds of `at.wallMs`, as upstream has it. */
  readonly attributes: Attributes
  readonly at: Timestamp
  /** How much somebody has to want to know to see it: 0 always. @default 0 */
  readonly verbosity: number
}

/** An event of its own kind: something in the application failed. */
export interface ErrorEvent extends Event {
  readonly name: 'error'
  /** `error_message`, and of an exception `exception_type`, `exception_message`, `exception_traceback`. */
  readonly attributes: Attributes
}

/** An event of its own kind: what was recorded is not complete, and should not be relied on. */
export interface TelemetryDataErrorEvent extends Event {
  readonly name: 'telemetry_data_error'
  /** `error_message`, and `telemetry_data_error_type`: `no_telemetry_data` or `incomplete_telemetry_data`. */
  readonly attributes: Attributes
}

/** A span of another process, or of another recorder, by its W3C Trace Context. */
export interface RemoteSpan {
  /** One that is not valid counts as none. @see https://www.w3.org/TR/trace-context-1/#traceparent-header */
  readonly traceparent: string
}

/**
 * A piece of work with a beginning and an end. Spans form a tree; their ids are those of OpenTelemetry and of W3C Trace
 * Context.
 *
 * A span that no exporter sees, and no aggregate counts, costs next to nothing: its time is not taken and its
 * attributes are not kept. Then times and durations are 0, and there are no attributes.
 *
 * @see https://www.w3.org/TR/trace-context-1/
 */
export interface Span extends Disposable {
  readonly name: string
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string
  /** As it was recorded, whether that one is exported or not. */
  readonly parent: Span | undefined
  /** Of the parent, also one of another process. */
  readonly parentSpanId: string | undefined
  readonly verbosity: number
  readonly startedAt: Timestamp
  /** Absent while it goes on. */
  readonly stoppedAt: Timestamp | undefined
  /** False from its stop on. */
  readonly isActive: boolean
  /** Those that it was started with. */
  readonly initialAttributes: Attributes
  /** Those that came later, or changed; from its stop on with `duration_msec`, whole milliseconds. */
  readonly updatedAttributes: Attributes
  /** The event `span_start`. It goes out with the span's start, not as an event. */
  readonly startEvent: Event
  /** The event `span_stop`. It goes out with the span's stop, not as an event. Absent while the span goes on. */
  readonly stopEvent: Event | undefined
  /** Whether an error was recorded in it. */
  readonly hasFailed: boolean
  /** By the clock that only grows, in milliseconds with fractions; so far, while it goes on. */
  readonly durationMs: number
  /** Adds attributes; ignored once the span has stopped. */
  readonly setAttributes: (attributes: Attributes) => void
  /** For another process, so that its spans become part of this one. */
  readonly traceparent: string
  /** Stops it, as `recorder.stop`, unless it has stopped already. */
  readonly [Symbol.dispose]: () => void
}
