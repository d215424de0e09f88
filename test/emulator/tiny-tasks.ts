import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'

/** Longer than from one look of the platform to the next, in an emulation whose time is divided by 50. */
const lookMs = 300

/**
 * Answers the tiny tasks that ask, by making the file `path`, whether the platform has looked: the file is removed
 * then. It shares the platform's thread, so that the answer comes after the look however busy the machine is.
 */
export const answerTasks = (path: string): { readonly stop: () => void } => {
  let answering = false
  const timer = setInterval(() => {
    if (answering || !existsSync(path)) return
    answering = true
    setTimeout(() => {
      rmSync(path, { force: true })
      answering = false
    }, lookMs)
  }, 20)
  return { stop: () => clearInterval(timer) }
}

/**
 * What the tiny shell tasks have in common: to name a state as one should, to save a result as one should, and to
 * wait until the platform has seen it.
 */
const shell = `
seen() { : >"$TEST_ASK"; while [ -e "$TEST_ASK" ]; do sleep 0.02; done; }
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
