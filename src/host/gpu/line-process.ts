/** A process that tells of GPUs, line by line. Whatever becomes of it, we neither wait for it nor live on for it. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

export interface LineProcessCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface LineProcessEvents {
  readonly onLine: (line: string) => void
  /** Once, and for nothing else after it: with the exit status, or why there is none. */
  readonly onEnd: (status: number | string) => void
}

export interface LineProcess {
  /** Undefined if it did not start, and once it has ended. */
  readonly pid: () => number | undefined
  readonly kill: () => void
}

/** Longer than any line that tells of 128 GPUs. */
const longestLine = 2 ** 20

/** Calls `onLine` with every whole line; what is too long is dropped, up to its end. */
const splitLines = (onLine: (line: string) => void) => {
  let rest = ''
  return (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine) rest = ''
    for (const line of lines) onLine(line)
  }
}

export const startLineProcess = (
  { file, args, env }: LineProcessCommand,
  { onLine, onEnd }: LineProcessEvents,
): LineProcess => {
  let child: ChildProcess
  try {
    child = spawn(file, args, {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      // signals for our group, as from a terminal, are not for it; it ends when its standard input does
      detached: true,
    })
  } catch (error) {
    setImmediate(onEnd, String(error))
    return { pid: () => undefined, kill: () => {} }
  }
  let isGone = false
  let isOver = false
  const end = (status: number | string) => {
    if (isOver) return
    isGone = true
    isOver = true
    onEnd(status)
  }
  child.once('error', ({ message }) => end(message))
  child.once('exit', () => {
    isGone = true
  })
  // its last lines, which say why, may come after its exit
  child.once('close', (status, signal) => end(status ?? signal ?? 'unknown'))
  child.unref()
  for (const stream of [child.stdin, child.stdout]) {
    stream?.on('error', () => {})
    // stdio that is piped is a socket, which Node's types do not say
    ;(stream as Socket | null)?.unref()
  }
  child.stdout?.setEncoding('utf8').on('data', splitLines(onLine))
  return {
    pid: () => (isGone ? undefined : child.pid),
    kill: () => {
      child.stdin?.destroy()
      child.stdout?.destroy()
      child.kill('SIGKILL')
    },
  }
}
