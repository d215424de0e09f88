import { type Context, context } from '@opentelemetry/api'
import { EnvironmentGetter, EnvironmentSetter } from '@opentelemetry/propagator-env-carrier'
import { type ContextMap, contextFields, extract, inject } from './carrier.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Fields by the names of their variables: `TRACEPARENT` for `traceparent`. */
const variablesOf = (fields: ContextMap): ContextMap => {
  const variables: Record<string, string> = {}
  const setter = new EnvironmentSetter(variables)
  for (const [field, value] of Object.entries(fields)) setter.set(undefined, field, value)
  return variables
}

const nameOf = (field: string) => Object.keys(variablesOf({ [field]: '' }))[0] ?? field

/**
 * The context that this process was started in: `TRACEPARENT`, `TRACESTATE` and `BAGGAGE`, as `taskbeat run` sets them.
 * Never throws; without them, or with malformed ones, it is empty.
 *
 * @param env - @default the environment of this process
 * @see https://opentelemetry.io/docs/specs/otel/context/env-carriers/
 */
export const fromEnvironment = (env?: Environment): Context => {
  const ours = new EnvironmentGetter()
  const read = (field: string) => (env ? env[nameOf(field)] : ours.get(undefined, field))
  return extract(Object.fromEntries(contextFields.map((field) => [field, read(field)])))
}

/**
 * An environment for a process that is to be part of a context. What the context lacks stays as it is in `env`, but for
 * the `TRACESTATE` of another trace. `env` itself is not changed. Never throws.
 *
 * @param of - @default the active context
 * @param env - what else the process gets. @default nothing
 */
export const toEnvironment = (of: Context = context.active(), env: Environment = {}): Environment => {
  const map = inject(of)
  const variables = variablesOf(map)
  const kept = map.traceparent === undefined ? env : { ...env, [nameOf('tracestate')]: undefined }
  return { ...kept, ...variables }
}
