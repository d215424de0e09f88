/** Builds `dist/`: the command and the library, bundled, and the library's types. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { bundle } from './bundle.ts'
import { removeUnreachable } from './release/reachable-types.ts'

/** The declarations that package.json names. */
const typesOfExports = (): readonly string[] => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  return Object.values<{ readonly types?: string }>(exports).flatMap(({ types }) => types ?? [])
}

await bundle()
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
if (status === 0) removeUnreachable('dist/types', typesOfExports())
process.exitCode = status ?? 1
