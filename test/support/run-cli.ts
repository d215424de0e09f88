import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterAll } from 'vitest'

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that is gone after the test, however that ends. */
export interface Running extends AsyncDisposable {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Runs a shell line in which `"$@"` is the command, such as `ulimit -f 8; exec "$@"`. */
  readonly shell?: string
}

/** What a test that failed, or ran out of time, has left running. */
const left = new Set<ChildProcess>()

afterAll(() => {
  for (const child of left) child.kill('SIGKILL')
})

const command = [process.execPath, resolve('dist/cli.js')]

/** Starts `taskbeat` as a user would, with nothing in its environment but what the test gives. */
export const startCli = (args: readonly string[], { env = {}, cwd, shell }: CliOptions = {}): Running => {
  const [file = '', ...rest] = shell
    ? ['bash', '-c', shell, 'bash', ...command, ...args]
    : [...command, ...args]
  const child = spawn(file, rest, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  })
  left.add(child)
  child.once('exit', () => left.delete(child))
  const exit = new Promise<Pick<Ended, 'status' | 'signal'>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => resolve({ status, signal }))
  })
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(([how, stdout, stderr]) => ({
    ...how,
    stdout,
    stderr,
  }))
  const kill = async () => {
    if (left.has(child)) child.kill('SIGKILL')
    await ended
  }
  return { child, ended, [Symbol.asyncDispose]: kill }
}

export const runCli = (args: readonly string[], options?: CliOptions): Promise<Ended> =>
  startCli(args, options).ended

/** Waits until `isTrue` holds. */
export const until = async (isTrue: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await isTrue())) await setTimeout(10)
}

/** A directory that is gone after the test. */
export const temporaryDirectory = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'taskbeat-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
