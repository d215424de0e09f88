/** The page of a run as a process of its own: whatever becomes of it, the run and its exit status are as without it. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Clock, endsWithin, systemClock } from '../../clock.ts'
import { isJsonObject } from '../../json.ts'
import { handOverLimitMs, type PageOrder } from './page-order.ts'

export interface PageProcessOptions extends PageOrder {
  /** Is told where the page is, or why there is none. */
  readonly tell: (line: string) => void
  /** @default the process that serves the page */
  readonly file?: string
  readonly clock?: Clock
}

export interface PageProcess {
  /** Undefined if it did not start, and once it has ended. */
  readonly pid: () => number | undefined
  /**
   * Tells it that the run has ended; resolves when it has ended too, as it does at once if nobody looks.
   *
   * @param stop - aborted when nobody wants to wait any more
   */
  readonly end: (stop?: AbortSignal) => Promise<void>
}

/** Pages on this machine take what they need in less. */
const hastyLimitMs = 1_000

/** In the bundle, a file beside the one that this has become a part of. */
const processFile = () =>
  fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './process.ts' : './late-view-process.js', import.meta.url),
  )

/** Objects of this process live for an answer: room for many of them would only be memory taken. */
const smallYoungGeneration = ['--max-semi-space-size=2']

const noticeText = (line: string) => {
  try {
    const notice: unknown = JSON.parse(line)
    if (!isJsonObject(notice)) return undefined
    if (typeof notice.address === 'string') return `taskbeat: look at it: ${notice.address}`
    return typeof notice.problem === 'string' ? `taskbeat: no page: ${notice.problem}` : undefined
  } catch {
    return undefined
  }
}

const startProcess = (file: string): ChildProcess =>
  spawn(process.execPath, [...smallYoungGeneration, file], {
    // nothing of the run that would change what this is, such as NODE_OPTIONS or LD_PRELOAD
    env: {},
    // what it has open would keep a reader of the run's output waiting
    stdio: ['pipe', 'pipe', 'ignore'],
    // signals for our group, as from a terminal, are not for it; it ends when its standard input does
    detached: true,
  })

/** Starts the process; nothing waits for it, and nothing goes wrong with it but one line. */
export const startPageProcess = (options: PageProcessOptions): PageProcess => {
  const { tell, file = processFile(), clock = systemClock, directories, port, sentence } = options
  let isTold = false
  const tellOnce = (line: string) => {
    if (!isTold) tell(line)
    isTold = true
  }
  let child: ChildProcess
  try {
    child = startProcess(file)
  } catch (error) {
    tellOnce(`taskbeat: no page: its process could not be started (${String(error)})`)
    return { pid: () => undefined, end: async () => {} }
  }
  let isGone = false
  let isEnding = false
  const exited = new Promise<void>((resolve) => {
    const end = (why: string) => {
      isGone = true
      if (!isEnding) tellOnce(`taskbeat: no page: ${why}`)
      resolve()
    }
    child.once('error', ({ message }) => end(`its process could not be started (${message})`))
    child.once('exit', (status, signal) => end(`its process has ended with ${signal ?? status}`))
  })
  child.unref()
  for (const stream of [child.stdin, child.stdout]) {
    stream?.on('error', () => {})
    // stdio that is piped is a socket, which Node's types do not say
    ;(stream as Socket | null)?.unref()
  }
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const text = noticeText(line)
      if (text !== undefined && !isEnding) tellOnce(text)
    })
  }
  const order: PageOrder = { directories, port, sentence }
  child.stdin?.write(`${JSON.stringify(order)}\n`)
  return {
    pid: () => (isGone ? undefined : child.pid),
    end: async (stop) => {
      isEnding = true
      if (isGone) return
      child.stdin?.end()
      const kill = () => child.kill('SIGKILL')
      stop?.addEventListener('abort', kill)
      // a little more than it takes by itself; who has asked for the end before has a kill waiting, perhaps
      const limitMs = stop?.aborted ? hastyLimitMs : handOverLimitMs + 500
      if (!(await endsWithin(clock, limitMs, exited))) kill()
      stop?.removeEventListener('abort', kill)
    },
  }
}
