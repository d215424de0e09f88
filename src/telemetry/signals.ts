import { configurationError } from '../errors.ts'
import { type Signal, signals } from '../otlp/signals.ts'
import { hideSecrets } from '../settings/hide-secrets.ts'
import type { Protocol, Settings } from '../settings.ts'

/** Where one signal goes by OTLP, completely resolved. */
export interface OtlpDestination {
  readonly kind: 'otlp'
  readonly protocol: Protocol
  /**
   * HTTP: the URL to post to. gRPC: `http://host:port`, `https://host:port` or `unix:///socket`, always with the
   * port, as the exporters drop a scheme's own port and then dial 443.
   */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly compression: 'gzip' | 'none'
  /** Paths of PEM files. */
  readonly certificate: string | undefined
  readonly clientKey: string | undefined
  readonly clientCertificate: string | undefined
}

export type Destination = OtlpDestination | { readonly kind: 'console' }

/** No destination: the signal is switched off. */
export type Destinations = Readonly<Record<Signal, readonly Destination[]>>

type Scoped = 'Endpoint' | 'Protocol' | 'Headers' | 'TimeoutMs' | 'Compression' | 'Insecure'
type Tls = 'Certificate' | 'ClientKey' | 'ClientCertificate'

/** The value for one signal, else the one for all. */
const either = <K extends Scoped | Tls>(settings: Settings, signal: Signal, key: K) =>
  (settings[`${signal}${key}`] ?? settings[`otlp${key}`]) as Settings[`otlp${K}`]

const defaultPorts: Readonly<Record<Protocol, string>> = { grpc: '4317', 'http/protobuf': '4318' }

/** A URL for an endpoint as people write it: without a scheme it is plain HTTP on the OTLP port. */
const completeUrl = (endpoint: string, protocol: Protocol, isInsecure: boolean): URL => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint)) return new URL(endpoint)
  const url = new URL(`${isInsecure ? 'http' : 'https'}://${endpoint}`)
  const [authority = ''] = endpoint.split(/[/?#]/, 1)
  if (!/:\d+$/.test(authority)) url.port = defaultPorts[protocol]
  return url
}

const grpcUrl = (url: URL) => {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return `${url.protocol}//${url.hostname}:${port}`
}

const httpUrl = (url: URL, signal: Signal, isForAllSignals: boolean) => {
  if (isForAllSignals) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`
  return url.href
}

/** The endpoint that an exporter that was asked for by name, without one, sends to. */
const localEndpoint = (protocol: Protocol) => `http://localhost:${defaultPorts[protocol]}`

const otlpDestination = (settings: Settings, signal: Signal): OtlpDestination => {
  const protocol = either(settings, signal, 'Protocol') ?? 'grpc'
  const ownEndpoint = settings[`${signal}Endpoint`]
  const endpoint = ownEndpoint ?? settings.otlpEndpoint ?? localEndpoint(protocol)
  const url = (): string => {
    if (endpoint.startsWith('unix:')) {
      if (protocol === 'grpc') return endpoint
      const message = `the endpoint for ${signal} is '${hideSecrets(endpoint)}', but a unix socket is accepted with the protocol grpc only`
      throw configurationError(message)
    }
    const complete = completeUrl(endpoint, protocol, either(settings, signal, 'Insecure') ?? true)
    return protocol === 'grpc' ? grpcUrl(complete) : httpUrl(complete, signal, ownEndpoint === undefined)
  }
  return {
    kind: 'otlp',
    protocol,
    url: url(),
    headers: { ...settings.otlpHeaders, ...settings[`${signal}Headers`] },
    timeoutMs: either(settings, signal, 'TimeoutMs') ?? 10_000,
    compression: either(settings, signal, 'Compression') ?? 'none',
    certificate: either(settings, signal, 'Certificate'),
    clientKey: either(settings, signal, 'ClientKey'),
    clientCertificate: either(settings, signal, 'ClientCertificate'),
  }
}

/** What a signal without an endpoint of its own choice goes to. */
export type Fallback = 'console' | 'nothing'

const exportersWithoutNames = (settings: Settings, signal: Signal, fallback: Fallback) => {
  if ((settings[`${signal}Endpoint`] ?? settings.otlpEndpoint) !== undefined) return ['otlp'] as const
  return fallback === 'console' || settings.console !== undefined ? (['console'] as const) : []
}

const select = (settings: Settings, signal: Signal, fallback: Fallback): readonly Destination[] => {
  const named = settings[`${signal}Exporter`]
  // what is switched off by name stays off
  if (settings.sdkDisabled || named?.includes('none')) return []
  const names = new Set(named ?? exportersWithoutNames(settings, signal, fallback))
  if (settings.debug) names.add('console')
  return [...names].map((name) => (name === 'otlp' ? otlpDestination(settings, signal) : { kind: 'console' }))
}

/**
 * Decides where each signal goes: the one function for all three.
 *
 * `OTEL_<SIGNAL>_EXPORTER` says so, else an endpoint (the signal's own, or the one for all) means OTLP, else the
 * fallback: the console, or nothing where the terminal is another's and nobody asked for its use. With the setting
 * `debug`, everything that is not switched off goes to the console as well. The protocol is the signal's own, else the one for all, else grpc, as in NVIDIA's sample; the
 * OpenTelemetry specification would say http/protobuf.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for settings that contradict each other
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export const selectDestinations = (settings: Settings, fallback: Fallback = 'console'): Destinations => ({
  traces: select(settings, 'traces', fallback),
  metrics: select(settings, 'metrics', fallback),
  logs: select(settings, 'logs', fallback),
})

/** Whether no signal goes anywhere: there is no telemetry to load. */
export const goNowhere = (destinations: Destinations): boolean =>
  signals.every((signal) => destinations[signal].length === 0)

/** `http://host:4317 (grpc)`, without what may be secret in a URL. */
export const destinationText = (destination: Destination): string => {
  if (destination.kind === 'console') return 'the console'
  const { protocol, url } = destination
  return `${url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*/s, '')} (${protocol})`
}

/** A URL without the part that says which signal goes there: what the signals of one collector have in common. */
export const withoutSignal = (url: string, signal: Signal): string => {
  const path = `/v1/${signal}`
  return url.endsWith(path) ? url.slice(0, -path.length) : url
}

/** `http://host:4318 (http/protobuf)`: the collector behind a destination, for people. */
export const collectorText = (destination: Destination, signal: Signal): string =>
  destination.kind === 'otlp'
    ? destinationText({ ...destination, url: withoutSignal(destination.url, signal) })
    : destinationText(destination)
