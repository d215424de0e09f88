/** What the command gets beside our own environment. */
export interface ChildEnvironment {
  /** The span that it is part of; undefined where nobody would ever see that span. */
  readonly traceparent: string | undefined
  /** Whether that span begins a trace, so that `TRACESTATE`, which we may have, is of another one. */
  readonly beginsTrace?: boolean
  /** The file that it may append events to. */
  readonly eventsFile: string
  readonly runId: string
  readonly attempt: number
  /** Whether its output goes through a pipe of ours. */
  readonly capturesOutput: boolean
  /** What an OpenTelemetry SDK in it is told; these have what ours have of the same names. @default nothing */
  readonly telemetry?: Readonly<Record<string, string>>
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment of the command: ours, unchanged, and what ties it to the task.
 *
 * @see https://opentelemetry.io/docs/specs/otel/context/env-carriers/ for `TRACEPARENT`
 */
export const childEnvironment = (ours: Environment, own: ChildEnvironment): Environment => ({
  // in a pipe Python keeps lines back, and they are lost when it is killed
  ...(own.capturesOutput && { PYTHONUNBUFFERED: '1' }),
  ...ours,
  ...own.telemetry,
  ...(own.traceparent !== undefined && { TRACEPARENT: own.traceparent }),
  ...(own.traceparent !== undefined && own.beginsTrace && { TRACESTATE: undefined }),
  TASKBEAT_EVENTS: own.eventsFile,
  TASKBEAT_RUN_ID: own.runId,
  TASKBEAT_ATTEMPT: String(own.attempt),
})
