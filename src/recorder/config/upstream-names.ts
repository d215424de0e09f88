/** @see https://github.com/NVIDIA/nv-one-logger, the classes that its documentation of `class_name` names */
const upstreamClasses: Readonly<Record<string, string>> = {
  'nv_one_logger.exporter.file_exporter.FileExporter': 'file',
  'nv_one_logger.exporter.logger_exporter.LoggerExporter': 'console',
  'nv_one_logger.otel.exporter.otel_exporter.OTelExporter': 'otel',
}

/** The names of exporters that need no module. */
export const ownNames = ['console', 'file', 'memory', 'otel', 'kafka'] as const

export type OwnName = (typeof ownNames)[number]

export const isOwnName = (name: string): name is OwnName => ownNames.some((own) => own === name)

/** Ours for a class of upstream's; any other name stays. */
export const canonicalName = (name: string): string => upstreamClasses[name] ?? name

const camelCase = (name: string) => name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Upstream's names of what its exporters are made with. */
const upstreamKeys: Readonly<Record<string, string>> = { filePath: 'path' }

/** What one of ours is made with may be written as upstream writes it, `file_path`; what others take is theirs. */
export const canonicalConfig = (
  name: string,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  isOwnName(name)
    ? Object.fromEntries(
        Object.entries(config).map(([key, value]) => {
          const ours = camelCase(key)
          return [upstreamKeys[ours] ?? ours, value]
        }),
      )
    : config
