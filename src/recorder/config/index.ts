export { type ConfigureOptions, configureRecorder } from './configure-recorder.ts'
export type { ExporterConfig, ReadyExporter } from './exporter-entry.ts'
