import { configurationError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { type OtlpDestination, selectDestinations } from '../telemetry/signals.ts'

const protocolCause = ({ tracesProtocol, otlpProtocol }: Settings) => {
  if (tracesProtocol !== undefined) return 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is grpc'
  if (otlpProtocol !== undefined) return 'OTEL_EXPORTER_OTLP_PROTOCOL is grpc'
  return 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL and OTEL_EXPORTER_OTLP_PROTOCOL are unset, which means grpc'
}

const nowhere = ({ sdkDisabled, tracesExporter }: Settings) => {
  if (sdkDisabled) return 'OTEL_SDK_DISABLED is true: unset it, or start Triton without a trace configuration'
  if (tracesExporter !== undefined)
    return `OTEL_TRACES_EXPORTER is ${tracesExporter.join(',')}, but Triton knows only otlp: set it so, or start Triton without a trace configuration`
  return 'there is nowhere to send traces to: name the collector, as in --endpoint http://collector:4318 --protocol http (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL)'
}

/**
 * Where Triton sends its spans: the place of our traces.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) where there is none, or one that speaks gRPC
 */
export const tritonDestination = (settings: Settings): OtlpDestination => {
  const destination = selectDestinations(settings, 'nothing').traces.find(({ kind }) => kind === 'otlp')
  if (destination?.kind !== 'otlp') throw configurationError(nowhere(settings))
  if (destination.protocol === 'grpc') {
    const message = `Triton sends traces by HTTP only, but ${protocolCause(settings)}: name an HTTP endpoint for it, as in --traces-endpoint http://collector:4318/v1/traces --traces-protocol http`
    throw configurationError(message)
  }
  return destination
}
