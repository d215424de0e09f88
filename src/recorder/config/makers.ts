import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as v from 'valibot'
import type { Exporter } from '../exporter.ts'
import type { Entry, Origin } from './exporter-entry.ts'
import { isOwnName, type OwnName } from './upstream-names.ts'

type Config = Readonly<Record<string, unknown>>
type Maker = (config: Config, origin: Origin) => unknown

const checked = <const S extends v.ObjectEntries>(entries: S, config: Config) => {
  const result = v.safeParse(v.strictObject(entries), config)
  if (result.success) return result.output
  const [issue] = result.issues
  // not the value, which may be a secret
  throw new Error(`config.${v.getDotPath(issue) ?? ''} is not as expected: ${issue.expected}`)
}

/** So that what was left out is not there, in place of being undefined. */
const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

const name = v.optional(v.string())
const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)))
const milliseconds = v.optional(v.pipe(v.number(), v.minValue(0)))

/** The exporters that need no module of the user's; each is loaded when it is asked for. */
const own: Readonly<Record<OwnName, Maker>> = {
  console: async (config) => {
    const { consoleExporter } = await import('../exporters/console.ts')
    return consoleExporter(given(checked({ format: v.optional(v.picklist(['text', 'json'])), name }, config)))
  },
  file: async (config, { directory }) => {
    const { fileExporter } = await import('../exporters/file.ts')
    const { path, ...options } = checked({ path: v.pipe(v.string(), v.nonEmpty()), name }, config)
    return fileExporter({ ...given(options), path: resolve(directory, path) })
  },
  memory: async (config) => {
    const { memoryExporter } = await import('../exporters/memory.ts')
    return memoryExporter(given(checked({ mostRecords: count, name }, config)))
  },
  otel: async (config) => {
    const { otelExporter } = await import('../otel/index.ts')
    return otelExporter(
      given(checked({ scope: v.optional(v.string()), announceAfterMs: milliseconds, name }, config)),
    )
  },
  kafka: async (config) => {
    const { kafkaExporter } = await import('../kafka/index.ts')
    const texts = v.array(v.string())
    const options = checked(
      {
        brokers: v.union([
          v.pipe(texts, v.minLength(1)),
          v.pipe(
            v.string(),
            v.nonEmpty(),
            v.transform((text) => text.split(',').map((broker) => broker.trim())),
          ),
        ]),
        topic: v.optional(v.string()),
        clientId: v.optional(v.string()),
        client: v.optional(v.record(v.string(), v.unknown())),
        maxBufferedRecords: count,
        maxBufferedBytes: count,
        maxBatchRecords: count,
        maxBatchBytes: count,
        lingerMs: milliseconds,
        name,
      },
      config,
    )
    return kafkaExporter(given(options))
  },
}

/** Where the module is for those who wrote its name. */
const urlOf = (specifier: string, directory: string): string => {
  if (/^(\.{0,2}\/|file:)/.test(specifier))
    return specifier.startsWith('file:') ? specifier : pathToFileURL(resolve(directory, specifier)).href
  try {
    return pathToFileURL(createRequire(join(directory, 'package.json')).resolve(specifier)).href
  } catch {
    // a package that may only be imported: found if it is installed beside this one
    return specifier
  }
}

const exportOf = (module: Readonly<Record<string, unknown>>, wanted: string | undefined): Maker => {
  // of CommonJS the default export is an object of all
  const candidates = wanted === undefined ? [module.default, module.exporter] : [module[wanted]]
  const found = candidates.find((candidate) => typeof candidate === 'function')
  if (found) return found as Maker
  throw new Error(
    wanted === undefined
      ? "the module has no function as its default export, nor one called 'exporter'"
      : `the module exports no function '${wanted}'`,
  )
}

const loadMaker = async (specifier: string, directory: string): Promise<Maker> => {
  // not at the beginning: that is how a package imports from itself
  const hash = specifier.indexOf('#', 1)
  const [path, wanted] =
    hash < 0 ? [specifier, undefined] : [specifier.slice(0, hash), specifier.slice(hash + 1)]
  return exportOf(await import(urlOf(path, directory)), wanted)
}

const isExporter = (value: unknown): value is Exporter =>
  typeof value === 'object' && value !== null && 'exportStart' in value && 'close' in value

/**
 * Makes an exporter of its entry.
 *
 * @throws Error that says why not, without what is configured
 */
export const makeExporter = async (entry: Extract<Entry, { kind: 'configured' }>): Promise<Exporter> => {
  const { origin } = entry
  const make = isOwnName(entry.name) ? own[entry.name] : await loadMaker(entry.name, origin.directory)
  const made = await make(entry.config, origin)
  if (!isExporter(made)) throw new Error('what it makes is no exporter')
  return made
}
