export { type BatchExporter, type ExportWatch, watchExports } from './export-watch.ts'
export { type OtelExporter, type OtelExporterOptions, otelExporter } from './otel-exporter.ts'
export { type IdGenerator, type SpanIds, spanIds } from './span-ids.ts'
