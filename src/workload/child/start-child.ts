import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { exitOf, type ProcessExit, startFailure } from '../../processes/exit-of.ts'

/** A running command, in a process group of its own. */
export interface Child {
  /** Undefined if it could not be started. */
  readonly pid: number | undefined
  /** Resolves when the command itself has ended; what it has started may live on. */
  readonly exited: Promise<ProcessExit>
  readonly hasExited: () => boolean
  /** Sends a signal to the command, if it lives. */
  readonly signal: (signal: NodeJS.Signals) => void
  /** Sends a signal to all processes of its group; returns whether there was any. */
  readonly signalGroup: (signal: NodeJS.Signals | 0) => boolean
  /** Its output, where it does not write to ours directly. */
  readonly output: { readonly stdout: Readable; readonly stderr: Readable } | undefined
}

export interface ChildOptions {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether its output comes to us, or goes where ours goes. Its standard input is ours in any case. */
  readonly capturesOutput: boolean
  /**
   * Makes the pipes. Node's own are sockets, which a program cannot open by name: a log file `/dev/stdout` would end
   * the training. @default Node's
   */
  readonly openPipe?: (() => readonly [number, number]) | undefined
}

interface Streams {
  /** What the child gets as standard output and error. */
  readonly stdio: readonly ('pipe' | 'inherit' | number)[]
  /** Our ends, once it is started. */
  readonly take: (child: ChildProcess) => Child['output']
}

const streamsOf = ({ capturesOutput, openPipe }: ChildOptions): Streams => {
  if (!capturesOutput) return { stdio: ['inherit', 'inherit'], take: () => undefined }
  if (!openPipe) {
    const take = ({ stdout, stderr }: ChildProcess) => (stdout && stderr ? { stdout, stderr } : undefined)
    return { stdio: ['pipe', 'pipe'], take }
  }
  const [fromStdout, stdout] = openPipe()
  const [fromStderr, stderr] = openPipe()
  const { Socket } = process.getBuiltinModule('node:net')
  const reader = (fd: number) => new Socket({ fd, readable: true, writable: false })
  const take = () => {
    // the writing ends are the child's now; ours would keep the pipes open for ever
    closeSync(stdout)
    closeSync(stderr)
    return { stdout: reader(fromStdout), stderr: reader(fromStderr) }
  }
  return { stdio: [stdout, stderr], take }
}

const unstarted = (exit: ProcessExit): Child => ({
  pid: undefined,
  exited: Promise.resolve(exit),
  hasExited: () => true,
  signal: () => {},
  signalGroup: () => false,
  output: undefined,
})

/** Starts a command without a shell. One that cannot be started has exited: with 126 or 127. */
export const startChild = (options: ChildOptions): Child => {
  const { command, environment } = options
  const [file = '', ...args] = command
  const { stdio, take } = streamsOf(options)
  // loaded here: the other commands, which start no process at once, would pay 6 ms for it
  const { spawn } = process.getBuiltinModule('node:child_process')
  let child: ChildProcess
  try {
    child = spawn(file, args, {
      env: environment,
      // a group, and with it a session, of its own: what a terminal or `tini -g` sends to our group is not sent twice
      detached: true,
      stdio: ['inherit', ...stdio],
    })
  } catch (error) {
    // Node tells of some failures by an event, and throws the others
    return unstarted(startFailure(error as NodeJS.ErrnoException))
  }
  const { pid } = child
  let hasExited = pid === undefined
  const exited = exitOf(child).finally(() => {
    hasExited = true
  })
  const send = (target: number, signal: NodeJS.Signals | 0) => {
    try {
      return process.kill(target, signal)
    } catch {
      // it is gone
      return false
    }
  }
  return {
    pid,
    exited,
    hasExited: () => hasExited,
    signal: (signal) => {
      // the number of a process that has ended may be another's by now
      if (pid !== undefined && !hasExited) send(pid, signal)
    },
    signalGroup: (signal) => pid !== undefined && send(-pid, signal),
    output: take(child),
  }
}
