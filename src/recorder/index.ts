export type { Attributes, AttributeValue } from './attributes.ts'
export {
  type ConfigureOptions,
  configureRecorder,
  type ExporterConfig,
  type ReadyExporter,
} from './config/index.ts'
export { createRecorder } from './create-recorder.ts'
export type { Done, ExportedSpan, Exporter, ExporterHost } from './exporter.ts'
export { type ConsoleExporterOptions, consoleExporter } from './exporters/console.ts'
export { type FileExporterOptions, fileExporter } from './exporters/file.ts'
export { type MemoryExporter, type MemoryExporterOptions, memoryExporter } from './exporters/memory.ts'
export type { EventRecord, ExportRecord, JsonAttributes } from './exporters/records.ts'
export type {
  AggregateRule,
  DisableAfter,
  ErrorStrategy,
  EventOptions,
  ExporterStats,
  Filter,
  Recorder,
  RecorderOptions,
  RecorderStats,
  StartOptions,
  StopOptions,
} from './recorder.ts'
export { RecorderError, type RecorderErrorCode } from './recorder-error.ts'
export type {
  ErrorEvent,
  Event,
  RemoteSpan,
  Span,
  TelemetryDataErrorEvent,
  Timestamp,
} from './span.ts'
