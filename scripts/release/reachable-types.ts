/** Which declarations a user of the library can reach: tsc writes one for every file of ours. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** The declarations that one imports, as paths beside it. */
const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.ts['"]/g)].map(
    ([, path = '']) => `${normalize(join(dirname(file), path))}.d.ts`,
  )

/** All declarations that the entries lead to, with the entries. */
export const reachableTypes = (entries: readonly string[]): ReadonlySet<string> => {
  const reached = new Set(entries.map(normalize))
  // it grows while it is walked through
  for (const file of reached) for (const path of importsOf(file)) reached.add(path)
  return reached
}

/** Removes from a directory of declarations all that the entries do not lead to. */
export const removeUnreachable = (directory: string, entries: readonly string[]): void => {
  const reached = reachableTypes(entries)
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !reached.has(path)) rmSync(path)
  }
}
