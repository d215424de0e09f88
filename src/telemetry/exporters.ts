import type { OTLPExporterNodeConfigBase } from '@opentelemetry/otlp-exporter-base/node-http'
import type { OTLPGRPCExporterConfigNode } from '@opentelemetry/otlp-grpc-exporter-base'
import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { Signal } from '../otlp/signals.ts'
import type { OtlpDestination } from './signals.ts'
import { readTls } from './tls.ts'

/** What the SDK hands its items to, by signal. */
export interface Exporters {
  readonly traces: SpanExporter
  readonly metrics: PushMetricExporter
  readonly logs: LogRecordExporter
}

type Constructors<Config> = { readonly [S in Signal]: (config: Config) => Promise<Exporters[S]> }

// each official exporter is loaded when it is selected, not before: gRPC alone costs 60 ms and 15 MB
const overGrpc: Constructors<OTLPGRPCExporterConfigNode> = {
  traces: async (config) =>
    new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter(config),
  metrics: async (config) =>
    new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter(config),
  logs: async (config) =>
    new (await import('@opentelemetry/exporter-logs-otlp-grpc')).OTLPLogExporter(config),
}

const overHttp: Constructors<OTLPExporterNodeConfigBase> = {
  traces: async (config) =>
    new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter(config),
  metrics: async (config) =>
    new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter(config),
  logs: async (config) =>
    new (await import('@opentelemetry/exporter-logs-otlp-proto')).OTLPLogExporter(config),
}

const compressionOf = async ({ compression }: OtlpDestination) => {
  const { CompressionAlgorithm } = await import('@opentelemetry/otlp-exporter-base')
  return compression === 'gzip' ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE
}

const openGrpc = async <S extends Signal>(signal: S, destination: OtlpDestination): Promise<Exporters[S]> => {
  const { credentials, Metadata } = (await import('@grpc/grpc-js')).default
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(destination.headers)) metadata.set(name, value)
  const { ca = null, key = null, cert = null } = readTls(destination, signal)
  const isTls = destination.url.startsWith('https:')
  return overGrpc[signal]({
    // the exporter's own parsing drops ':80' after 'http://' and then dials 443; the credentials say what http would
    url: destination.url.replace(/^https?:\/\//, ''),
    credentials: isTls ? credentials.createSsl(ca, key, cert) : credentials.createInsecure(),
    metadata,
    timeoutMillis: destination.timeoutMs,
    compression: await compressionOf(destination),
  })
}

const openHttp = async <S extends Signal>(signal: S, destination: OtlpDestination): Promise<Exporters[S]> => {
  const { url, headers, timeoutMs } = destination
  const compression = await compressionOf(destination)
  const tls = Object.fromEntries(
    Object.entries(readTls(destination, signal)).filter(([, pem]) => pem !== undefined),
  )
  const agent = url.startsWith('https:') ? { httpAgentOptions: { keepAlive: true, ...tls } } : {}
  return overHttp[signal]({ url, headers: { ...headers }, timeoutMillis: timeoutMs, compression, ...agent })
}

/**
 * Opens the official OTLP exporter for one signal. Everything is passed on, so that the exporter's own reading of
 * the environment has nothing to add.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
 */
export const openExporter = <S extends Signal>(
  signal: S,
  destination: OtlpDestination,
): Promise<Exporters[S]> =>
  destination.protocol === 'grpc' ? openGrpc(signal, destination) : openHttp(signal, destination)
