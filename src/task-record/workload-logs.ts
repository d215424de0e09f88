import { type Attributes, type Context, type Logger, SeverityNumber } from '@opentelemetry/api'
import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  ERROR_TYPE_VALUE_OTHER,
  EVENT_EXCEPTION,
} from '@opentelemetry/semantic-conventions'
import { ATTR_LOG_IOSTREAM } from '@opentelemetry/semantic-conventions/incubating'
import type { Instruments } from '../semconv/instruments.ts'
import type { ErrorEvent, LogEvent, NamedEvent } from '../workload-events.ts'
import { type Ignore, withinLimit } from './ignored.ts'

/** Types of errors that are counted apart; more would be too many series. */
export const mostErrorTypes = 32

const rankKey = 'taskbeat.rank'

/** Counts errors by their type, as far as that is a sensible number. */
const createErrorCount = (instruments: Instruments) => {
  const counter = instruments.counter('taskbeat.errors')
  const types = new Set<string>()
  return (type: string | undefined) => {
    if (type !== undefined && types.size < mostErrorTypes) types.add(type)
    const known = type !== undefined && types.has(type) ? type : ERROR_TYPE_VALUE_OTHER
    counter.add(1, { [ATTR_ERROR_TYPE]: known })
  }
}

export interface WorkloadLogsOptions {
  readonly logger: Logger
  readonly instruments: Instruments
  /** Where something happens now. */
  readonly active: () => Context
  readonly ignore: Ignore
}

/**
 * What a workload prints and tells, as log records.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export const createWorkloadLogs = ({ logger, instruments, active, ignore }: WorkloadLogsOptions) => {
  const countError = createErrorCount(instruments)

  return {
    log: ({ at, stream, severity, text, rank, attributes }: LogEvent): void => {
      const all: Attributes = { ...withinLimit(attributes, text, ignore), [ATTR_LOG_IOSTREAM]: stream }
      if (rank !== undefined) all[rankKey] = rank
      logger.emit({
        timestamp: at,
        severityNumber: SeverityNumber[severity],
        severityText: severity,
        body: text,
        attributes: all,
        context: active(),
      })
    },
    event: ({ at, name, rank, attributes }: NamedEvent): void => {
      const all: Attributes = { ...withinLimit(attributes, name, ignore) }
      if (rank !== undefined) all[rankKey] = rank
      logger.emit({
        timestamp: at,
        severityNumber: SeverityNumber.INFO,
        severityText: 'INFO',
        body: name,
        eventName: name,
        attributes: all,
        context: active(),
      })
    },
    error: ({ at, message, errorType, stack, rank, attributes }: ErrorEvent): void => {
      const all: Attributes = {
        ...withinLimit(attributes, message, ignore),
        [ATTR_EXCEPTION_MESSAGE]: message,
      }
      if (errorType !== undefined) all[ATTR_EXCEPTION_TYPE] = errorType
      if (stack !== undefined) all[ATTR_EXCEPTION_STACKTRACE] = stack
      if (rank !== undefined) all[rankKey] = rank
      countError(errorType)
      logger.emit({
        timestamp: at,
        severityNumber: SeverityNumber.ERROR,
        severityText: 'ERROR',
        body: message,
        eventName: EVENT_EXCEPTION,
        attributes: all,
        context: active(),
      })
    },
  }
}
