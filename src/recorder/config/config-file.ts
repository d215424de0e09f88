import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { messageOf, RecorderError } from '../recorder-error.ts'
import { type Entry, parseEntries, parseEntry } from './exporter-entry.ts'

/** The variables that name a file, and the names of files in the working directory: ours first, then upstream's. */
const variables = ['TASKBEAT_RECORDER_CONFIG', 'ONE_LOGGER_EXPORTER_CONFIG_PATH']
const fileNames = ['taskbeat-recorder', 'one_logger_exporters_config'].flatMap((name) =>
  ['yaml', 'yml', 'json'].map((extension) => `${name}.${extension}`),
)

export interface WhereFilesAre {
  /** A path that was given in code. */
  readonly configFile: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly directory: string
}

const refuse = (message: string, cause?: unknown): never => {
  throw new RecorderError('WRONG_USE', message, ...(cause === undefined ? [] : [{ cause }]))
}

/**
 * The configuration file that counts: the path that was given, else that of a variable, else the first that lies in the
 * directory. Undefined if there is none.
 *
 * @throws {RecorderError} `WRONG_USE` if a path that somebody gave leads nowhere
 */
export const findConfigFile = ({ configFile, environment, directory }: WhereFilesAre): string | undefined => {
  const variable = variables.find((name) => environment[name]?.trim())
  const given = configFile ?? (variable && environment[variable]?.trim())
  if (given === undefined)
    return fileNames.map((name) => resolve(directory, name)).find((path) => existsSync(path))
  const path = resolve(directory, given)
  const source = configFile === undefined ? variable : 'configFile'
  return existsSync(path) ? path : refuse(`there is no file '${path}', which ${source} names`)
}

const parseText = async (path: string, text: string): Promise<unknown> => {
  const extension = extname(path).toLowerCase()
  if (extension === '.json') return JSON.parse(text)
  if (extension !== '.yaml' && extension !== '.yml')
    return refuse(`'${path}' has to end in .yaml, .yml or .json`)
  // its default export is the one that it has bundled, too
  const { default: yaml } = await import('yaml')
  return yaml.parse(text)
}

const firstLine = (error: unknown) => messageOf(error).split('\n')[0]

/**
 * The exporters of a configuration file, `{exporters: [{name, config, enabled}]}`.
 *
 * @throws {RecorderError} `WRONG_USE` if the file cannot be read, is no YAML or JSON, or has no list of exporters
 */
export const readConfigFile = async (
  path: string,
  warn: (line: string) => void,
): Promise<readonly Entry[]> => {
  let content: unknown
  try {
    content = await parseText(path, readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof RecorderError) throw error
    return refuse(`'${path}' cannot be read: ${firstLine(error)}`, error)
  }
  const list =
    typeof content === 'object' && content !== null && 'exporters' in content ? content.exporters : undefined
  if (!Array.isArray(list)) return refuse(`'${path}' has no list of 'exporters'`)
  return parseEntries<unknown>(list, { text: path, directory: dirname(path) }, parseEntry, warn)
}
