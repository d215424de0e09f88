import { messageOf } from '../recorder-error.ts'
import { readAnnounced } from './announced.ts'
import { findConfigFile, readConfigFile } from './config-file.ts'
import {
  type Entry,
  type ExporterConfig,
  parseDirectEntry,
  parseEntries,
  type ReadyExporter,
} from './exporter-entry.ts'
import { chooseEntries } from './layers.ts'
import { makeExporter } from './makers.ts'

/** Where the three layers come from. */
export interface ExporterSources {
  readonly exporters: readonly (ExporterConfig | ReadyExporter)[] | undefined
  readonly configFile: string | undefined
  readonly merge: boolean
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

const readyOf = async (entry: Entry, warn: (line: string) => void): Promise<readonly ReadyExporter[]> => {
  if (entry.kind === 'ready') return [entry.exporter]
  if (!entry.enabled) return []
  try {
    return [await makeExporter(entry)]
  } catch (error) {
    warn(`exporter '${entry.name}' of ${entry.origin.text} is left out: ${messageOf(error)}`)
    return []
  }
}

/**
 * The exporters of the layer that counts, made. `warn` is told of each that could not be, once.
 *
 * @throws {RecorderError} `WRONG_USE` for a file that somebody named and that is not there, or cannot be read
 */
export const loadExporters = async (
  { exporters, configFile, merge, directory, environment }: ExporterSources,
  warn: (line: string) => void,
): Promise<readonly ReadyExporter[]> => {
  const here = { text: 'the direct configuration', directory }
  const entries = await chooseEntries(
    {
      direct: exporters && parseEntries(exporters, here, parseDirectEntry, warn),
      file: async () => {
        const path = findConfigFile({ configFile, environment, directory })
        return path === undefined ? undefined : readConfigFile(path, warn)
      },
      packages: async () => readAnnounced(directory, warn),
    },
    merge,
  )
  const made: ReadyExporter[] = []
  // one after the other, so that lines come in an order
  for (const entry of entries) made.push(...(await readyOf(entry, warn)))
  return made
}
