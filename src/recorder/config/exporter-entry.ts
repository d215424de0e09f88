import type { RecorderOptions } from '../recorder.ts'
import { canonicalConfig, canonicalName } from './upstream-names.ts'

/** An exporter as it is written in a file, or in code. */
export interface ExporterConfig {
  /**
   * One of ours (`console`, `file`, `memory`, `otel`, `kafka`), or a module whose export makes an exporter:
   * `./exporter.ts`, `my-package/exporter#makeExporter`. Without a name after `#` it is the default export, or
   * `exporter`.
   */
  readonly name?: string
  /** The same, under upstream's name; its own classes mean ours. */
  readonly class_name?: string
  /** What the exporter is made with. */
  readonly config?: Readonly<Record<string, unknown>>
  /** @default true */
  readonly enabled?: boolean
}

/** Where an entry was written. */
export interface Origin {
  /** For messages. */
  readonly text: string
  /** That paths and modules are relative to. */
  readonly directory: string
}

/** An exporter that is ready, perhaps with a filter. */
export type ReadyExporter = RecorderOptions['exporters'][number]

/** An exporter to be made, or one that is ready. */
export type Entry =
  | {
      readonly kind: 'configured'
      readonly name: string
      readonly config: Readonly<Record<string, unknown>>
      readonly enabled: boolean
      readonly origin: Origin
    }
  | { readonly kind: 'ready'; readonly name: string; readonly exporter: ReadyExporter }

export type ParsedEntry = { readonly entry: Entry } | { readonly fault: string }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const known = new Set(['name', 'class_name', 'config', 'enabled'])

/** One entry of a list of exporters, or what is wrong with it. */
export const parseEntry = (value: unknown, origin: Origin): ParsedEntry => {
  if (!isObject(value)) return { fault: 'is no mapping with a name, such as {name: console}' }
  const unknown = Object.keys(value).find((key) => !known.has(key))
  if (unknown !== undefined) return { fault: `has a field '${unknown}' that does not exist` }
  const { name = value.class_name, config, enabled = true } = value
  if (typeof name !== 'string' || name === '') return { fault: "needs a text as 'name' or 'class_name'" }
  if (value.name !== undefined && value.class_name !== undefined)
    return { fault: "has both 'name' and 'class_name': leave one out" }
  if (config !== undefined && config !== null && !isObject(config))
    return { fault: "needs a mapping as 'config'" }
  if (typeof enabled !== 'boolean') return { fault: "needs true or false as 'enabled'" }
  const ours = canonicalName(name)
  return {
    entry: { kind: 'configured', name: ours, config: canonicalConfig(ours, config ?? {}), enabled, origin },
  }
}

/** One entry of a list in code, which may be an exporter itself. */
export const parseDirectEntry = (value: ExporterConfig | ReadyExporter, origin: Origin): ParsedEntry => {
  if (!isObject(value)) return parseEntry(value, origin)
  const exporter = 'exporter' in value ? value.exporter : value
  if (isObject(exporter) && 'exportStart' in exporter)
    return { entry: { kind: 'ready', name: String(exporter.name), exporter: value as ReadyExporter } }
  return parseEntry(value, origin)
}

/** The entries that are right; `warn` is told of each that is not. */
export const parseEntries = <T>(
  values: readonly T[],
  origin: Origin,
  parse: (value: T, origin: Origin) => ParsedEntry,
  warn: (line: string) => void,
): readonly Entry[] =>
  values.flatMap((value, index) => {
    const parsed = parse(value, origin)
    if ('entry' in parsed) return [parsed.entry]
    warn(`exporter ${index + 1} of ${origin.text} ${parsed.fault}; it is left out`)
    return []
  })
