import { createRecorder } from '../create-recorder.ts'
import type { Recorder, RecorderOptions } from '../recorder.ts'
import { messageOf, RecorderError } from '../recorder-error.ts'
import { writeStderrLine } from '../stderr-line.ts'
import type { ExporterConfig, ReadyExporter } from './exporter-entry.ts'

export interface ConfigureOptions extends Omit<RecorderOptions, 'exporters'> {
  /**
   * The highest layer: exporters that are ready, or by their configuration. `[]` means none, whatever files say.
   *
   * @default a file, else what packages announce
   */
  readonly exporters?: readonly (ExporterConfig | ReadyExporter)[]
  /** A YAML or JSON file, `{exporters: [{name, config, enabled}]}`. @default looked for: see the documentation */
  readonly configFile?: string
  /** The direct layer completes the next one below, by names, in place of replacing it. @default false */
  readonly merge?: boolean
  /** Where files are looked for, and the application's `package.json`. @default the working directory */
  readonly directory?: string
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

const asRecorderError = (cause: unknown): RecorderError =>
  cause instanceof RecorderError
    ? cause
    : new RecorderError('INTERNAL', `the recorder cannot be configured: ${messageOf(cause)}`, { cause })

/**
 * A recorder whose exporters come from the first of three places that says anything: `exporters`, a file, and what
 * packages announce. An exporter that cannot be made is left out, with one line.
 *
 * @throws {RecorderError} with the strategy `propagate`: for a file that was named and is not there, or that cannot be
 *   read; for options that cannot be. With `quiet` that is one line, and a recorder that records nothing
 */
export const configureRecorder = async ({
  exporters,
  configFile,
  merge = false,
  directory = process.cwd(),
  environment = process.env,
  ...options
}: ConfigureOptions = {}): Promise<Recorder> => {
  const { log = writeStderrLine, errorStrategy, enabled = true } = options
  if (!enabled) return createRecorder({ ...options, exporters: [] })
  const told = { isSpent: false }
  const warn = (line: string) => {
    if (told.isSpent) return
    told.isSpent = errorStrategy === 'quiet'
    try {
      log(`taskbeat recorder: ${line}`)
    } catch {}
  }
  try {
    // only now: reading YAML and checking what is in it takes longer to load than all the rest
    const { loadExporters } = await import('./load-exporters.ts')
    const loaded = await loadExporters({ exporters, configFile, merge, directory, environment }, warn)
    return createRecorder({ ...options, exporters: loaded, ...(told.isSpent && { log: () => {} }) })
  } catch (cause) {
    const error = asRecorderError(cause)
    if (errorStrategy !== 'quiet') throw error
    warn(`nothing is recorded: ${error.message}`)
    return createRecorder({ exporters: [], enabled: false, errorStrategy: 'quiet', log: () => {} })
  }
}
