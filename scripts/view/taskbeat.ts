/** The built command, started as people start it. */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** A command that was started, and is gone when its time is over. */
export interface Command extends AsyncDisposable {
  readonly pid: number
  /** What it has said so far, on both streams. */
  readonly output: () => string
  /** Where its page is. */
  readonly address: () => Promise<string>
  readonly ended: Promise<number | null>
  /** Asks it to end, and waits for that. */
  readonly stop: () => Promise<number | null>
}

/** Waits until something holds. @throws Error naming `what`, if it does not within `seconds`. */
export const until = async (
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  seconds = 60,
): Promise<void> => {
  for (const end = Date.now() + seconds * 1_000; !(await isTrue()); await setTimeout(50)) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`)
  }
}

/** So long a command that was asked to end may take. */
const mostStopMs = 10_000

const cli = resolve('dist/cli.js')

/** As a word of the shell would be, to be named in what a command runs. */
export const taskbeat = [process.execPath, cli] as const

export const start = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Command => {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<number | null>((settle, reject) => {
    child.once('error', reject)
    child.once('close', settle)
  })
  // whoever waits for it is told; nobody has to
  ended.catch(() => {})
  const address = async () => {
    const found = () => /http:\/\/127\.0\.0\.1:\d+\/[\w-]{16,}\//.exec(output)?.[0]
    await until(`an address in what \`taskbeat ${args[0]}\` says`, () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output}`)
      return found() !== undefined
    })
    return found() ?? ''
  }
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const stop = () => {
    if (!isGone()) child.kill('SIGINT')
    return ended
  }
  const dispose = async () => {
    // asked first: what it has started ends with it only then
    if (!isGone()) child.kill('SIGTERM')
    await Promise.race([ended.catch(() => {}), setTimeout(mostStopMs, undefined, { ref: false })])
    if (!isGone()) child.kill('SIGKILL')
  }
  return { pid: child.pid ?? 0, output: () => output, address, ended, stop, [Symbol.asyncDispose]: dispose }
}

/** Runs it to its end. @throws Error with what it said, if its status is another. */
export const run = async (args: readonly string[], status = 0): Promise<string> => {
  const { ended, output } = start(args)
  const was = await ended
  if (was !== status) throw new Error(`\`taskbeat ${args.join(' ')}\` ended with ${was}:\n${output()}`)
  return output()
}
