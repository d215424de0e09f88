import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ProgramFacts } from '../facts.ts'

const kindOf = (path: string): ProgramFacts['kind'] => {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return 'missing'
  try {
    accessSync(path, constants.X_OK)
    return 'found'
  } catch {
    return 'not executable'
  }
}

const looked = (path: string) => {
  try {
    return kindOf(path)
  } catch {
    // on the way there is a file, or nothing that we may look into
    return 'missing'
  }
}

/** Looks a program up as execvp(3) does: by its path if its name has a slash, else in PATH. */
export const findProgram = (name: string, path = '/usr/local/bin:/usr/bin:/bin'): ProgramFacts => {
  const places = name.includes('/')
    ? [name]
    : path.split(':').map((directory) => join(directory || '.', name))
  const kinds = places.map(looked)
  const kind = (['found', 'not executable'] as const).find((one) => kinds.includes(one)) ?? 'missing'
  return { name, kind }
}
