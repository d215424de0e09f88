import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf } from '../recorder-error.ts'
import { type Entry, parseEntries, parseEntry } from './exporter-entry.ts'

/** Directories that are looked through, upwards, for a `package.json` or a `node_modules`. */
const mostLevels = 64
/** Dependencies of an application that are asked. */
const mostPackages = 1000

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Manifest {
  readonly directory: string
  readonly content: Record<string, unknown>
}

/** The first `package.json` at `relative` in a directory or one above it. */
const findManifest = (from: string, relative: string, warn: (line: string) => void): Manifest | undefined => {
  let directory = from
  for (let level = 0; level < mostLevels; level += 1) {
    const path = join(directory, relative, 'package.json')
    try {
      const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
      if (isObject(content)) return { directory: dirname(path), content }
      warn(`${path} is no package.json; it is left out`)
      return undefined
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR') {
        warn(`${path} cannot be read: ${messageOf(error)}; it is left out`)
        return undefined
      }
    }
    const above = dirname(directory)
    if (above === directory) return undefined
    directory = above
  }
  return undefined
}

const dependenciesOf = ({ content }: Manifest): readonly string[] =>
  Object.keys({
    ...(isObject(content.dependencies) && content.dependencies),
    ...(isObject(content.optionalDependencies) && content.optionalDependencies),
  })

const listOf = ({ content }: Manifest): unknown =>
  isObject(content.taskbeat) ? content.taskbeat.recorderExporters : undefined

/**
 * The exporters that packages announce in the field `taskbeat.recorderExporters` of their `package.json`: those that the
 * application's own `package.json`, the next one above `directory`, names as dependencies, in its order. Undefined if
 * none does.
 *
 * What is installed besides is not looked at: a dependency of a dependency has no say.
 */
export const readAnnounced = (
  directory: string,
  warn: (line: string) => void,
): readonly Entry[] | undefined => {
  const application = findManifest(directory, '.', warn)
  if (!application) return undefined
  const names = dependenciesOf(application)
  if (names.length > mostPackages)
    warn(`of ${names.length} dependencies only ${mostPackages} are asked for exporters`)
  const layers = names.slice(0, mostPackages).flatMap((name) => {
    const manifest = findManifest(application.directory, join('node_modules', name), warn)
    const list = manifest && listOf(manifest)
    if (!manifest || list === undefined) return []
    const origin = { text: `package ${name}`, directory: manifest.directory }
    if (Array.isArray(list)) return [parseEntries<unknown>(list, origin, parseEntry, warn)]
    warn(`taskbeat.recorderExporters of ${origin.text} is no list; it is left out`)
    return []
  })
  return layers.length > 0 ? layers.flat() : undefined
}
