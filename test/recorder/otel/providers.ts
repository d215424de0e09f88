import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type TracerProviderOptions,
} from '@opentelemetry/sdk-trace'

/** Providers as an application has them, which keep what they get. */
export const memoryProviders = (options: Partial<TracerProviderOptions> = {}) => {
  const spanExporter = new InMemorySpanExporter()
  const logExporter = new InMemoryLogRecordExporter()
  const processors: LogRecordProcessor[] = [new SimpleLogRecordProcessor({ exporter: logExporter })]
  return {
    tracerProvider: new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
      ...options,
    }),
    loggerProvider: new LoggerProvider({ processors }),
    spans: () => spanExporter.getFinishedSpans(),
    logs: () => logExporter.getFinishedLogRecords(),
  }
}
