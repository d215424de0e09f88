import {
  type Attributes,
  type Context,
  type Logger,
  type LoggerProvider,
  type LogRecord,
  ROOT_CONTEXT,
} from '@opentelemetry/api'
import type { Event, Span } from '../span.ts'
import { dataErrorRecord, hrTime, otelAttributes } from './mapping.ts'
import type { OpenSpan, OpenSpans } from './open-spans.ts'
import { findLogger } from './providers.ts'

/** What happened in spans: log records, or, where nobody listens to those, events of the spans. */
export interface Events {
  /** Whether somebody listens to log records. */
  readonly areLogged: () => boolean
  /** Whether it is a log record now, as `record` makes it. */
  readonly tell: (span: Span, event: Event, record: (event: Event, span: Span) => LogRecord) => boolean
  /** As a log record, or not at all. */
  readonly log: (span: Span, record: (span: Span) => LogRecord) => boolean
  /** That telemetry is incomplete: without log records all that goes on is said to be. */
  readonly tellDataError: (event: Event) => void
}

const addTo = ({ twin }: OpenSpan, { name, attributes, at }: Event) => {
  twin.addEvent(name, otelAttributes(attributes), hrTime(at.wallMs))
}

export interface EventsOptions {
  readonly spans: OpenSpans
  readonly provider: LoggerProvider | undefined
  readonly scope: string
  /** Adds what all have. */
  readonly dress: (attributes: Attributes | undefined) => Attributes
}

export const createEvents = ({ spans, provider, scope, dress }: EventsOptions): Events => {
  let found: Logger | undefined
  const logger = (): Logger | undefined => {
    found ??= findLogger(provider, scope)
    return found
  }
  const emit = (to: Logger, record: LogRecord, context: Context) =>
    to.emit({ ...record, attributes: dress(record.attributes), context })
  const log = (span: Span, record: (span: Span) => LogRecord): boolean => {
    const to = logger()
    if (to) emit(to, record(span), spans.contextOf(span))
    return to !== undefined
  }
  return {
    areLogged: () => logger() !== undefined,
    tell: (span, event, record) => {
      if (log(span, () => record(event, span))) return true
      const open = spans.get(span)
      if (open) addTo(open, event)
      return false
    },
    log,
    tellDataError: (event) => {
      const to = logger()
      if (to) emit(to, dataErrorRecord(event), ROOT_CONTEXT)
      else spans.each((open) => addTo(open, event))
    },
  }
}
