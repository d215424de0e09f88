import { accessSync, constants, statSync } from 'node:fs'
import { codeOf } from '../../errors.ts'
import { trainerFieldsOf } from '../../kubeflow/trainer-fields.ts'
import type { Settings } from '../../settings.ts'
import type { TrainerFault } from '../facts.ts'

/** Why a file cannot be read; undefined if it can. */
const codeOfFile = (path: string) => {
  try {
    if (statSync(path).isDirectory()) return 'EISDIR'
    accessSync(path, constants.R_OK)
    return undefined
  } catch (error) {
    return codeOf(error)
  }
}

/**
 * Files for a TrainJob that cannot be read. As `run` reads them, a token that does not begin with `/` is the token
 * itself, and so is PEM in the place of a file.
 */
export const trainerFaultsOf = (settings: Settings): readonly TrainerFault[] => {
  const fields = trainerFieldsOf(settings)
  if (!fields) return []
  const { token, caCertificate } = fields
  const files = [
    { field: token, isFile: settings[token]?.startsWith('/') === true },
    { field: caCertificate, isFile: settings[caCertificate]?.includes('-----BEGIN') === false },
  ]
  return files.flatMap(({ field, isFile }) => {
    const code = isFile ? codeOfFile(settings[field] ?? '') : undefined
    return code === undefined ? [] : [{ field, code }]
  })
}
