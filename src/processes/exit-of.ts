import type { ChildProcess } from 'node:child_process'
import { signalStatus } from '../signal-status.ts'

/** How a process ended. */
export interface ProcessExit {
  /** As a shell reports it: 128 + n for one that died by signal n, 126 and 127 for one that could not be started. */
  readonly status: number
  /** The signal that it died by. */
  readonly signal: NodeJS.Signals | undefined
  /** Why it could not be started: an error code of the system. */
  readonly startError: string | undefined
}

/** As in a shell: 126 for what cannot be executed, 127 for what is not there. */
export const startFailure = ({ code, message }: NodeJS.ErrnoException): ProcessExit => ({
  status: /^E(NOENT|NOTDIR|NAMETOOLONG)$/.test(code ?? '') ? 127 : 126,
  signal: undefined,
  startError: code ?? message,
})

/**
 * Resolves when the process has ended; some of its output may still be on its way.
 *
 * Node tells nothing of a death by a real-time signal (34 to 64): it reports status 0.
 */
export const exitOf = (child: ChildProcess): Promise<ProcessExit> =>
  new Promise((resolve) => {
    child.once('error', (error) => {
      // an error after the start, such as of a kill, is not the process's own
      if (child.pid === undefined) resolve(startFailure(error))
    })
    child.once('exit', (status, signal) =>
      resolve({
        // one of the two is always there
        status: status ?? (signal === null ? 0 : signalStatus(signal)),
        signal: signal ?? undefined,
        startError: undefined,
      }),
    )
  })
