import { readFileSync } from 'node:fs'
import { codeOf, configurationError } from '../../errors.ts'
import type { Settings } from '../../settings.ts'
import type { Mapping } from './mapping.ts'
import { seedForm } from './seed-form.ts'

type MappingSettings = Pick<
  Settings,
  'bridgeMapping' | 'bridgeAttributes' | 'batchesPerEpoch' | 'unknownFields'
>

/**
 * The mapping that is named, or the built-in one.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for a file that cannot be read, or is no mapping
 */
export const readMapping = async ({
  bridgeMapping: path,
  ...settings
}: MappingSettings): Promise<Mapping> => {
  if (path === undefined) {
    const { bridgeAttributes: attributes, batchesPerEpoch, unknownFields: unknown } = settings
    return seedForm({ attributes, unknown, ...(batchesPerEpoch !== undefined && { batchesPerEpoch }) })
  }
  const { bridgeAttributes, batchesPerEpoch, unknownFields } = settings
  if (bridgeAttributes !== 'job' || batchesPerEpoch !== undefined || unknownFields)
    throw configurationError(
      `the mapping ${path} says all: --attributes, --batches-per-epoch and --unknown-fields are for the built-in form alone`,
    )
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw configurationError(`the mapping ${path} cannot be read (${codeOf(error)})`)
  }
  // what reads YAML is loaded for those who have some
  const { parseMapping } = await import('./parse-mapping.ts')
  const parsed = parseMapping(text)
  if ('problems' in parsed) throw configurationError(`in the mapping ${path}: ${parsed.problems.join('; ')}`)
  return parsed.mapping
}
