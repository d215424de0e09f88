import { readProcess } from '../../processes/process-table.ts'
import type { Child } from './start-child.ts'

/** Those that ask for an end. Node has forgotten which of them we were started to ignore (`nohup`). */
const endSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/**
 * All others that may be caught and mean nothing to us. Left out: faults of our own process (SIGSEGV, SIGABRT, …),
 * SIGCHLD, SIGPIPE and SIGXFSZ, which are about our own children, pipes and files, and SIGTTIN and SIGTTOU, which must
 * stop us.
 */
const otherSignals = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
  'SIGWINCH',
  'SIGTSTP',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGURG',
  'SIGXCPU',
  'SIGSTKFLT',
] as const

export type EndSignal = (typeof endSignals)[number]

/** What came from outside, on its way to the command. */
export interface SignalForwarding {
  /** From now on signals reach this command; what came before reaches it now. */
  readonly attach: (child: Child) => void
  /** Aborted by SIGTERM, and by any signal that asks for an end once the command has ended; the reason is its name. */
  readonly stop: AbortSignal
  /** The signal that asked for an end, and when: the first SIGTERM, else the last one. */
  readonly asked: () => { readonly signal: EndSignal; readonly at: Date } | undefined
}

/** Whether a terminal may be behind a signal, which means it for all processes of a job. */
const isOnTerminal = () =>
  [0, 1, 2].some((descriptor) => process.getBuiltinModule('node:tty').isatty(descriptor))

/** Whether there is a shell that could go on with us: it is in our session, but not in our process group. */
const canBeResumed = () => {
  const [self, parent] = [readProcess(process.pid), readProcess(process.ppid)]
  return self?.sessionId === parent?.sessionId && self?.groupId !== parent?.groupId
}

/** How long a command has to do something about SIGTSTP, such as to give the terminal back, before it is stopped. */
const stopDelayMs = 100

/**
 * Stops the command and ourselves, as Ctrl-Z asks: in a group of its own, away from the terminal, the kernel would
 * not stop it. `fg` goes on with both, through SIGCONT.
 */
const suspend = (child: Child) => {
  setTimeout(() => {
    child.signalGroup('SIGSTOP')
    process.kill(process.pid, 'SIGSTOP')
  }, stopDelayMs)
}

/**
 * Forwards signals, each once, to the command that is attached. To the command, not to its group: who trains must
 * not lose data loading processes while it saves a last checkpoint. Ctrl-C alone is for all of them, as without us.
 */
export const forwardSignals = (): SignalForwarding => {
  const stop = new AbortController()
  const early: NodeJS.Signals[] = []
  let child: Child | undefined
  let asked: { signal: EndSignal; at: Date } | undefined

  const forward = (signal: NodeJS.Signals) => {
    if (!child) {
      early.push(signal)
      return
    }
    const isForAll = signal === 'SIGCONT' || (/^SIG(INT|QUIT)$/.test(signal) && isOnTerminal())
    if (isForAll) child.signalGroup(signal)
    else child.signal(signal)
    if (signal === 'SIGTSTP' && isOnTerminal() && canBeResumed() && !child.hasExited()) suspend(child)
  }
  const onEndSignal = (signal: EndSignal) => {
    // the first SIGTERM counts, whatever comes after it
    if (asked?.signal !== 'SIGTERM') asked = { signal, at: new Date() }
    forward(signal)
    if (signal === 'SIGTERM' || child?.hasExited()) stop.abort(signal)
  }

  // a file that grows over its limit is an error that can be told (EFBIG)
  process.on('SIGXFSZ', () => {})
  for (const signal of endSignals) process.on(signal, () => onEndSignal(signal))
  return {
    attach: (started) => {
      child = started
      for (const signal of otherSignals) process.on(signal, forward)
      for (const signal of early.splice(0)) forward(signal)
    },
    stop: stop.signal,
    asked: () => asked,
  }
}
