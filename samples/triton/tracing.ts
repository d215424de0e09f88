/** Spans of this program, in the trace of the task. To be imported before what it traces. */
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { fromEnvironment } from 'taskbeat/propagation'

// The endpoint, and the resource with the keys of the run, are in the environment: OTEL_EXPORTER_OTLP_*,
// OTEL_RESOURCE_ATTRIBUTES.
const sdk = new NodeSDK({
  serviceName: 'evaluation',
  traceExporter: new OTLPTraceExporter(),
  // Triton knows no baggage
  textMapPropagator: new W3CTraceContextPropagator(),
  // numbers are told to `taskbeat run`
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new UndiciInstrumentation(), new GrpcInstrumentation()],
})
sdk.start()

/** The span of `taskbeat run`, from `TRACEPARENT`. */
export const taskContext = fromEnvironment()

/** Sends what is left. */
export const shutDownTracing = (): Promise<void> => sdk.shutdown()
