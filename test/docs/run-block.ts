import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Receiver, startReceiver } from '../support/otlp-receiver.ts'
import type { Block } from './markdown.ts'
import { type RunPlan, rewriting } from './plan.ts'

/** Where one block is run, and what it may reach. */
export interface Bed extends AsyncDisposable {
  readonly directory: string
  readonly receiver: Receiver
  readonly exists: (path: string) => boolean
}

const fileComment = /^(?:#|\/\/) ([\w.-]+\.(?:yaml|yml|json|py|ts|jsonl))\b/

/** What makes an empty directory look like a clone to `npm run` and to paths in it. */
const cloneParts = ['package.json', 'src', 'scripts', 'samples', 'node_modules', 'dist']

const writeProgram = (path: string, lines: string) => {
  writeFileSync(path, `#!/bin/sh\n${lines}\n`)
  chmodSync(path, 0o755)
}

/** An empty directory with what the page says is there. */
export const openBed = async (
  block: Block,
  plan: RunPlan | undefined,
  others: readonly Block[],
): Promise<Bed> => {
  const root = mkdtempSync(join(tmpdir(), 'taskbeat-docs-'))
  const directory = join(root, 'work')
  const programs = join(root, 'bin')
  mkdirSync(join(directory, 'results'), { recursive: true })
  mkdirSync(programs)
  writeProgram(join(programs, 'taskbeat'), `exec '${process.execPath}' '${resolve('dist/cli.js')}' "$@"`)
  writeProgram(join(programs, 'python'), 'exec python3 "$@"')
  writeProgram(join(programs, 'node'), `exec '${process.execPath}' "$@"`)
  if (block.page.startsWith('samples/')) cpSync(dirname(block.page), directory, { recursive: true })
  if (/\bnpm (start|run)\b|\bscripts\/|\bsamples\//.test(block.text)) {
    for (const part of cloneParts) symlinkSync(resolve(part), join(directory, part))
  }
  if (!existsSync(join(directory, 'train.py')))
    cpSync('test/docs/fixtures/train.py', join(directory, 'train.py'))
  for (const { page, text } of others) {
    const [, name] = fileComment.exec(text) ?? []
    if (page === block.page && name !== undefined) writeFileSync(join(directory, name), text)
  }
  const metrics = others.find(
    ({ page, text }) => page === 'docs/bridge.md' && text.includes('"training_metrics"'),
  )
  const now = new Date().toISOString()
  writeFileSync(
    join(directory, 'current.json'),
    metrics?.text.replace(/("timestamp": )"[^"]*"/, `$1"${now}"`) ?? '{}',
  )
  for (const [path, from] of Object.entries(plan?.files ?? {})) cpSync(from, join(directory, path))
  const receiver = await startReceiver()
  return {
    directory,
    receiver,
    exists: (path) => existsSync(join(directory, path)),
    [Symbol.asyncDispose]: async () => {
      await receiver.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

export const rewritten = (text: string, bed: Bed): string =>
  rewriting.reduce((rest, { from, to }) => rest.replace(from, to(bed)), text)

export interface Ran {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  /** What came on standard output and standard error, as one. */
  readonly output: string
}

const left = new Set<ChildProcess>()

/** Ends what a test that ran out of time has left running. */
export const endAll = (): void => {
  for (const child of left) endGroup(child, 'SIGKILL')
}

const endGroup = ({ pid }: ChildProcess, signal: NodeJS.Signals) => {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // it is gone
  }
}

/** Runs a script in the directory, up to its end or until it is to be stopped. */
export const runScript = async (
  shell: string,
  script: string,
  bed: Bed,
  { until, env: given = {} }: Pick<RunPlan, 'until' | 'env'> = {},
): Promise<Ran> => {
  const { directory } = bed
  const env = {
    PATH: `${join(directory, '../bin')}:${process.env.PATH}`,
    HOME: join(directory, '..'),
    NVCT_RESULTS_DIR: join(directory, 'results'),
    NVCT_PROGRESS_FILE_PATH: join(directory, 'results/progress'),
    ...given,
  }
  // `exec` cannot be asked of a page: the group is what is stopped
  const child = spawn(shell, ['-c', `exec 2>&1\n${script}`], {
    ...{ cwd: directory, env, detached: true },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  left.add(child)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const ended = new Promise<Ran>((fulfil, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => fulfil({ status, signal, output }))
  })
  const isRunning = () => child.exitCode === null && child.signalCode === null
  while (until && isRunning() && !(await until(bed))) await setTimeout(50)
  if (until && isRunning()) endGroup(child, 'SIGTERM')
  const ran = await ended
  left.delete(child)
  return ran
}
