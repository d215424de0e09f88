import { existsSync } from 'node:fs'
import { type Operands, type Resolution, resolveSettings } from './settings/resolve.ts'
import type { Group } from './settings/row.ts'

export type { Operands, Origin, Origins, Problem, Resolution } from './settings/resolve.ts'
export type { Group } from './settings/row.ts'
export type { Settings } from './settings/table.ts'
export type { Protocol } from './settings/value.ts'

const defaultFile = 'taskbeat.yaml'

/** `--config FILE`, `--config=FILE`: needed before the other flags, as the file may set any of them. */
const configFlag = (given: readonly string[]) => {
  const argv = given.includes('--') ? given.slice(0, given.indexOf('--')) : given
  const at = argv.findLastIndex((argument) => argument === '--config' || argument.startsWith('--config='))
  const [, value] = /^--config=(.*)$/s.exec(argv[at] ?? '') ?? []
  return at < 0 ? undefined : (value ?? argv[at + 1])?.trim()
}

/**
 * The settings of this process, from flags, environment and file: the only reader of `process.env`.
 *
 * @param argv - arguments after the command's name
 * @param groups - the groups of settings that the command takes
 * @param operands - what it takes beside flags
 */
export const readSettings = async (
  argv: readonly string[],
  groups: readonly Group[],
  operands: Operands = 'none',
  env: Readonly<Record<string, string | undefined>> = processEnvironment(),
): Promise<Resolution> => {
  const named = configFlag(argv) || env.TASKBEAT_CONFIG?.trim() || undefined
  if (named === undefined && !existsSync(defaultFile)) return resolveSettings({ argv, operands, env }, groups)
  const name = named ?? defaultFile
  const { readSettingsFile } = await import('./settings/file.ts')
  const read = readSettingsFile(name)
  if ('fault' in read) return { ok: false, problems: [{ kind: 'configuration', message: read.fault }] }
  return resolveSettings({ argv, operands, env, file: { name, values: read.values } }, groups)
}

/** The environment of this process, for what it starts. */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env
