import { spawnSync } from 'node:child_process'

/** What the tiny shell tasks have in common: to name a state as one should, and to save a result as one should. */
const shell = `
d=$NVCT_RESULTS_DIR
now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }
say() { printf '{"percentComplete":%s,"name":"%s","lastUpdatedAt":"%s"}' "$1" "$2" "\${3-$(now)}" >"$d/.new" && mv "$d/.new" "$d/progress"; }
save() { mkdir -p "$d/.staged/$1" && echo data >"$d/.staged/$1/weights" && mv "$d/.staged/$1" "$d/$1"; }
`

/** A task in a few lines of shell. */
export const sh = (script: string): readonly string[] => ['sh', '-c', `${shell}${script}`]

/** A task in a few lines of Python. */
export const py = (script: string): readonly string[] => ['python3', '-c', script]

/** A task in a few lines of JavaScript. */
export const js = (script: string): readonly string[] => [
  process.execPath,
  '--input-type=module',
  '-e',
  `import fs from 'node:fs'; const d = process.env.NVCT_RESULTS_DIR; ${script}`,
]

export const hasPython = spawnSync('python3', ['-c', '']).status === 0
