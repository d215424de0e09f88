import { withBaggage } from '../baggage.ts'
import { type Signal, signals } from '../otlp/signals.ts'
import { pairText } from '../settings/pair-text.ts'
import { rowsOf } from '../settings/resolve.ts'
import { keyValues } from '../settings/value.ts'
import type { Settings } from '../settings.ts'
import type { CorrelationKeys } from './correlation.ts'
import { type Destinations, type OtlpDestination, withoutSignal } from './signals.ts'

/** The variables that ours lacks, or that have more in them than ours, as text. */
type Variables = Readonly<Record<string, string>>

export interface ChildTelemetry {
  /** Our own environment, which stays as it is. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly settings: Settings
  readonly destinations: Destinations
  readonly keys: CorrelationKeys
}

/** A setting as a variable has it; empty for one that concerns our console only. */
const textOf = (value: unknown): string => {
  // the child's own console is its terminal
  if (Array.isArray(value)) return value.filter((name) => name !== 'console').join(',')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value as Variables)
      .map(([key, one]) => pairText(key, one))
      .join(',')
  return String(value)
}

const otlpOf = (destinations: Destinations) =>
  signals.flatMap((signal) => {
    const place = destinations[signal].find((one): one is OtlpDestination => one.kind === 'otlp')
    return place ? [{ signal, ...place }] : []
  })

/** Endpoints as they were completed: without a scheme, some SDKs take another one than we do. */
const endpointsOf = (settings: Settings, destinations: Destinations): Readonly<Record<string, string>> => {
  const places = otlpOf(destinations)
  const shared = places.find(({ signal }) => settings[`${signal}Endpoint`] === undefined)
  return Object.fromEntries([
    ...(shared && settings.otlpEndpoint !== undefined
      ? [['otlpEndpoint', withoutSignal(shared.url, shared.signal)]]
      : []),
    ...places
      .filter(({ signal }) => settings[`${signal}Endpoint`] !== undefined)
      .map(({ signal, url }) => [`${signal}Endpoint`, url]),
  ])
}

/** What reached us by flag or file, and the environment lacks. */
const passedOn = ({ environment, settings, destinations }: ChildTelemetry): Variables => {
  const endpoints = endpointsOf(settings, destinations)
  return Object.fromEntries(
    rowsOf(['telemetry']).flatMap(([field, row]) => {
      const { env = '', passesOn, default: fallback } = row
      const value = settings[field]
      if (!passesOn || environment[env]?.trim() || value === undefined || value === fallback) return []
      const text = endpoints[field] ?? textOf(value)
      return text === '' ? [] : [[env, text]]
    }),
  )
}

const protocolVariable = 'OTEL_EXPORTER_OTLP_PROTOCOL'

/** OTLP over gRPC, as everybody has it and as NVCF has it. */
const grpcPort = /:(4317|14357)$/

/**
 * The protocol that was not named: SDKs differ in what they take then. Told where we have named the place ourselves, and
 * for the ports of gRPC; elsewhere what the child chose until now may be right.
 */
const protocolOf = ({ environment, settings, destinations }: ChildTelemetry): Variables => {
  if (settings.otlpProtocol !== undefined || environment[protocolVariable]?.trim()) return {}
  const unnamed = otlpOf(destinations).filter(({ signal }) => settings[`${signal}Protocol`] === undefined)
  const [first] = unnamed
  if (!first) return {}
  const isOurs = ({ signal }: { readonly signal: Signal }) =>
    [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'].every(
      (variable) => !environment[variable]?.trim(),
    )
  if (!unnamed.every((place) => grpcPort.test(place.url) || isOurs(place))) return {}
  return { [protocolVariable]: first.protocol }
}

/** SDKs for JavaScript discard all attributes for one that is longer. */
const mostCharacters = 255

/** Whose run it is only we know: an outer taskbeat's, as of a command that starts another run, would hide the inner one. */
const ofRun = /^\s*taskbeat\.(run_id|attempt|task_id)\s*=/

/** Those of others, byte for byte. */
const withoutOwn = (text: string) => {
  const pairs = text.split(',')
  const others = pairs.filter((pair) => !ofRun.test(pair))
  const kept = others.length === pairs.length ? text : others.join(',')
  return kept.trim() === '' ? '' : kept
}

/** Attributes of the resource: those of the environment as they are, then what they lack. */
const resourceOf = ({ environment, settings, keys }: ChildTelemetry): Variables => {
  const theirs = withoutOwn(environment.OTEL_RESOURCE_ATTRIBUTES ?? '')
  const named = keyValues.read(theirs) ?? {}
  const name = settings.serviceName ?? settings.resourceAttributes['service.name'] ?? settings.taskName
  const isNamed = environment.OTEL_SERVICE_NAME?.trim() || name === undefined
  const more = Object.entries({
    ...settings.resourceAttributes,
    ...(!isNamed && { 'service.name': name }),
    ...keys,
  })
    .map(([key, value]) => [key, String(value)] as const)
    .filter(
      ([key, value]) => !Object.hasOwn(named, key) && Math.max(key.length, value.length) <= mostCharacters,
    )
    .map(([key, value]) => pairText(key, value))
  const needsComma = more.length > 0 && theirs !== '' && !theirs.trimEnd().endsWith(',')
  return { OTEL_RESOURCE_ATTRIBUTES: `${theirs}${needsComma ? ',' : ''}${more.join(',')}` }
}

/**
 * What an OpenTelemetry SDK in a child of ours is told by its environment, beside the trace: where to send, and of which
 * run it is. What is set stays.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const childVariables = (child: ChildTelemetry): Variables => {
  const keys = Object.fromEntries(Object.entries(child.keys).map(([key, value]) => [key, String(value)]))
  const baggage = withBaggage(child.environment.BAGGAGE, keys)
  return {
    ...passedOn(child),
    ...protocolOf(child),
    ...resourceOf(child),
    ...(baggage !== undefined && { BAGGAGE: baggage }),
  }
}
