import { type Context, context, ROOT_CONTEXT, type TextMapPropagator } from '@opentelemetry/api'
import { W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'

/** A context as it travels: strings only, for a queue's message, an actor's argument or JSON. */
export type ContextMap = Readonly<Record<string, string>>

/** The fields of a context, and the most characters of each that are read. */
const mostCharacters = { traceparent: 512, tracestate: 8_192, baggage: 8_192 } as const
export type ContextField = keyof typeof mostCharacters
export const contextFields = Object.keys(mostCharacters) as readonly ContextField[]

/** W3C's two, whatever the process has registered: the other side may be another one. */
const propagators: readonly TextMapPropagator[] = [
  new W3CTraceContextPropagator(),
  new W3CBaggagePropagator(),
]

/** One that fails takes nothing from the other. */
const orElse = <T>(fallback: T, act: () => T): T => {
  try {
    return act()
  } catch {
    return fallback
  }
}

/**
 * A context as a map with `traceparent`, `tracestate` and `baggage`, as far as it has them, for {@link extract} on the
 * other side. Never throws.
 *
 * @param from - @default the active context
 * @see https://www.w3.org/TR/trace-context/ and https://www.w3.org/TR/baggage/
 */
export const inject = (from: Context = context.active()): Record<string, string> => {
  const map: Record<string, string> = {}
  const setter = {
    set: (_: unknown, key: string, value: string) => {
      map[key] = value
    },
  }
  for (const propagator of propagators) orElse(undefined, () => propagator.inject(from, map, setter))
  return map
}

const readFields = (map: unknown): Partial<Record<ContextField, string>> => {
  if (typeof map !== 'object' || map === null) return {}
  return Object.fromEntries(
    contextFields.flatMap((field) => {
      const value = orElse<unknown>(undefined, () => (map as Readonly<Record<string, unknown>>)[field])
      return typeof value === 'string' && value.length <= mostCharacters[field] ? [[field, value]] : []
    }),
  )
}

const getter = {
  get: (fields: Partial<Record<string, string>>, key: string) => fields[key],
  keys: (fields: Partial<Record<string, string>>) => Object.keys(fields),
}

/**
 * The context in a map that {@link inject} made, or anybody else who follows W3C. The map may be anything: what is no
 * string, too long or malformed is left out. Never throws.
 *
 * @param into - what it is added to. @default nothing, so that a message has no part in what its reader happens to do
 */
export const extract = (map: unknown, into: Context = ROOT_CONTEXT): Context => {
  const fields = readFields(map)
  return propagators.reduce(
    (found, propagator) => orElse(found, () => propagator.extract(found, fields, getter)),
    into,
  )
}
