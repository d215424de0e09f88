import { readFileSync } from 'node:fs'
import yaml from 'yaml'

export type FileValues = Readonly<Record<string, unknown>>

/** The settings in a YAML file, or what is wrong with it. */
export const readSettingsFile = (
  name: string,
): { readonly values: FileValues } | { readonly fault: string } => {
  let values: unknown
  try {
    values = yaml.parse(readFileSync(name, 'utf8')) ?? {}
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall)
      return { fault: `the configuration file '${name}' cannot be read (${code}): name a readable file` }
    return { fault: `${name} is no YAML: ${(error as Error).message.split('\n')[0]}` }
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return { fault: `${name} is no mapping of settings to values, such as 'numOfResults: 5'` }
  }
  return { values: values as FileValues }
}
