import { existsSync, readFileSync } from 'node:fs'
import { type Problem, type Resolution, resolveSettings } from './settings/resolve.ts'
import type { Group } from './settings/table.ts'

export type { Problem, Resolution } from './settings/resolve.ts'
export type { Group, Settings } from './settings/table.ts'
export type { Protocol } from './settings/value.ts'

/** The words of `words` that are at most a third of their letters away from `word`, the nearest of them. */
export const nearest = async (word: string, words: readonly string[]): Promise<string | undefined> => {
  const { closest, distance } = (await import('fastest-levenshtein')).default
  const near = words.length === 0 ? undefined : closest(word, [...words])
  return near !== undefined && distance(word, near) <= Math.max(2, word.length / 3) ? near : undefined
}

const defaultFile = 'taskbeat.yaml'

const configuration = (message: string): Resolution => ({
  ok: false,
  problems: [{ kind: 'configuration', message } satisfies Problem],
})

/** `--config FILE`, `--config=FILE`: needed before the other flags, as the file may set any of them. */
const configFlag = (argv: readonly string[]) => {
  const at = argv.findLastIndex((argument) => argument === '--config' || argument.startsWith('--config='))
  return at < 0 ? undefined : (argv[at]?.split('=').slice(1).join('=') || argv[at + 1])?.trim()
}

/**
 * The settings of this process, from flags, environment and file: the only reader of `process.env`.
 *
 * @param argv - arguments after the command's name
 * @param groups - the groups of flags that the command takes
 */
export const readSettings = async (
  argv: readonly string[],
  groups: readonly Group[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Resolution> => {
  const named = configFlag(argv) || env.TASKBEAT_CONFIG?.trim() || undefined
  if (named === undefined && !existsSync(defaultFile)) return resolveSettings({ argv, env }, groups, nearest)
  const name = named ?? defaultFile
  let source: string
  try {
    source = readFileSync(name, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return configuration(
      `the configuration file '${name}' cannot be read (${code}): name a readable YAML file`,
    )
  }
  const { parse } = (await import('yaml')).default
  let values: unknown
  try {
    values = parse(source) ?? {}
  } catch (error) {
    return configuration(`${name} is no YAML: ${(error as Error).message.split('\n')[0]}`)
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return configuration(`${name} is no mapping of settings to values, such as 'numOfResults: 5'`)
  }
  const file = { name, values: values as Record<string, unknown> }
  return resolveSettings({ argv, env, file }, groups, nearest)
}
