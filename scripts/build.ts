/** Builds `dist/`: the command and the library, bundled, and the library's types. */
import { spawnSync } from 'node:child_process'
import { bundle } from './bundle.ts'

await bundle()
process.exitCode = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' }).status ?? 1
