import {
  type Logger,
  type LoggerProvider,
  logs,
  ProxyTracer,
  SeverityNumber,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'

/** A tracer that somebody listens to; undefined as long as no SDK was registered. */
export const findTracer = (provider: TracerProvider | undefined, scope: string): Tracer | undefined => {
  const tracer = (provider ?? trace.getTracerProvider()).getTracer(scope)
  return tracer instanceof ProxyTracer ? undefined : tracer
}

/** A logger that somebody listens to; undefined as long as there is none. */
export const findLogger = (provider: LoggerProvider | undefined, scope: string): Logger | undefined => {
  const logger: Logger & Partial<Pick<Logger, 'enabled'>> = (provider ?? logs.getLoggerProvider()).getLogger(
    scope,
  )
  // loggers of SDK 2 cannot be asked
  return (logger.enabled?.({ severityNumber: SeverityNumber.FATAL4 }) ?? true) ? logger : undefined
}

interface Flushable {
  readonly forceFlush?: () => Promise<void>
  /** What the API gives out for the registered provider of traces hides it. */
  readonly getDelegate?: () => Flushable
}

const flush = async (provider: unknown): Promise<void> => {
  const flushable = provider as Flushable
  await (flushable.getDelegate?.() ?? flushable).forceFlush?.()
}

/**
 * Has both providers bring out what they have.
 *
 * @throws AggregateError of what failed in either
 */
export const flushProviders = async (
  tracers: TracerProvider | undefined,
  loggers: LoggerProvider | undefined,
): Promise<void> => {
  const results = await Promise.allSettled([
    flush(tracers ?? trace.getTracerProvider()),
    flush(loggers ?? logs.getLoggerProvider()),
  ])
  const errors = results.flatMap((result) =>
    // the provider of traces rejects with a list
    result.status === 'rejected' ? [result.reason].flat() : [],
  )
  if (errors.length > 0) {
    const first = errors[0] instanceof Error ? errors[0].message : String(errors[0])
    throw new AggregateError(errors, `OpenTelemetry could not export all: ${first}`)
  }
}
