import {
  type HrTime,
  type LogRecord,
  type Attributes as OtelAttributes,
  type Span as OtelSpan,
  SeverityNumber,
} from '@opentelemetry/api'
import type { Attributes } from '../attributes.ts'
import type { ErrorEvent, Event, Span } from '../span.ts'

/** OpenTelemetry's way to write milliseconds since 1970: whole seconds, and nanoseconds. */
export const hrTime = (wallMs: number): HrTime => {
  const seconds = Math.floor(wallMs / 1000)
  return [seconds, Math.round((wallMs - seconds * 1000) * 1e6)]
}

/** The SDK copies what it gets; only the types of the API do not say so. */
export const otelAttributes = (attributes: Attributes): OtelAttributes => attributes as OtelAttributes

/** The end by the clock that only grows, whatever was done to the other meanwhile. */
export const endOf = (span: Span): HrTime => hrTime(span.startedAt.wallMs + span.durationMs)

type Severity = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

const recordOf = (
  { name, at, attributes }: Event,
  severity: Severity,
  body: LogRecord['body'],
): LogRecord => ({
  eventName: name,
  timestamp: hrTime(at.wallMs),
  severityNumber: SeverityNumber[severity],
  severityText: severity,
  attributes: otelAttributes(attributes),
  ...(body !== undefined && { body }),
})

/** Something that happened, as a log record. */
export const eventRecord = (event: Event): LogRecord =>
  recordOf(event, event.verbosity > 0 ? 'DEBUG' : 'INFO', undefined)

const exceptionNames: Readonly<Record<string, string>> = {
  exception_type: 'exception.type',
  exception_message: 'exception.message',
  exception_traceback: 'exception.stacktrace',
}

/** What went wrong, for people. */
export const errorMessage = ({ attributes }: Event): string => String(attributes.error_message ?? '')

/**
 * An error of the application under the names that OpenTelemetry has for it: `exception` if something was thrown.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export const asException = (event: ErrorEvent): Event => ({
  ...event,
  name: 'exception_type' in event.attributes ? 'exception' : event.name,
  attributes: Object.fromEntries(
    Object.entries(event.attributes).map(([name, value]) => [exceptionNames[name] ?? name, value]),
  ),
})

/** An error of the application as a log record. */
export const errorRecord = (event: Event): LogRecord => recordOf(event, 'ERROR', errorMessage(event))

/** That telemetry is incomplete, as a log record. */
export const dataErrorRecord = (event: Event): LogRecord => recordOf(event, 'WARN', errorMessage(event))

/** Gives a span that stops what it got on its way; its duration, `duration_msec`, it has by itself, to the nanosecond. */
export const setUpdated = (twin: OtelSpan, { updatedAttributes }: Span): void => {
  const attributes = otelAttributes(updatedAttributes)
  for (const name in attributes) {
    const value = attributes[name]
    if (value !== undefined && name !== 'duration_msec') twin.setAttribute(name, value)
  }
}

/** The attributes of a span's start and stop, without making the events. */
type WithEventAttributes = Span & {
  readonly startEventAttributes?: Attributes
  readonly stopEventAttributes?: Attributes
}

const hasMore = (attributes: Attributes | undefined): boolean => {
  for (const name in attributes) if (name !== 'timestamp_msec') return true
  return false
}

/** The event `span_start`, if it says more than when it happened. */
export const tellingStart = (span: WithEventAttributes): Event | undefined =>
  hasMore(span.startEventAttributes ?? span.startEvent.attributes) ? span.startEvent : undefined

/** The event `span_stop`, if it says more than when it happened. */
export const tellingStop = (span: WithEventAttributes): Event | undefined =>
  hasMore(span.stopEventAttributes ?? span.stopEvent?.attributes) ? span.stopEvent : undefined

/** That a span has started, with what it started with. */
export const startRecord = ({ name, initialAttributes, startEvent }: Span): LogRecord =>
  recordOf({ ...startEvent, attributes: { ...initialAttributes, ...startEvent.attributes } }, 'INFO', name)

/** That a span has stopped, with what it got on its way. */
export const stopRecord = (event: Event, { name, updatedAttributes }: Span): LogRecord =>
  recordOf({ ...event, attributes: { ...updatedAttributes, ...event.attributes } }, 'INFO', name)
