import type { RecorderOptions } from './recorder.ts'
import { messageOf, RecorderError } from './recorder-error.ts'
import { writeStderrLine } from './stderr-line.ts'

/** Takes lines for people; with `quiet` the first is the last. What becomes of them is no concern of the recorder. */
export const openLog = (options: RecorderOptions | undefined): ((line: string) => void) => {
  const { log = writeStderrLine, errorStrategy } = options ?? {}
  let isSpent = false
  return (line) => {
    if (isSpent) return
    isSpent = errorStrategy === 'quiet'
    try {
      log(`taskbeat recorder: ${line}`)
    } catch {}
  }
}

export const asRecorderError = (cause: unknown): RecorderError =>
  cause instanceof RecorderError
    ? cause
    : new RecorderError('INTERNAL', `the recorder has failed: ${messageOf(cause)}`, { cause })

/** Where mistakes of the caller and faults of the recorder end. */
export interface Strategy {
  /** Whether nothing is recorded any more. */
  readonly isOff: () => boolean
  /** All exporters are told; then it is thrown, or the end of all recording. */
  readonly mishap: (cause: unknown) => void
  readonly attempt: (act: () => void) => void
  /** Where nothing may be thrown, whatever the strategy. */
  readonly attemptSilently: (act: () => void) => void
}

export const openStrategy = (
  isQuiet: boolean,
  signalAll: (message: string) => void,
  say: (line: string) => void,
): Strategy => {
  let isOff = false
  const mishap = (cause: unknown) => {
    const error = asRecorderError(cause)
    signalAll(error.message)
    if (!isQuiet) throw error
    isOff = true
    say(`nothing is recorded from here on: ${error.message}`)
  }
  const attempt = (act: () => void) => {
    try {
      act()
    } catch (cause) {
      mishap(cause)
    }
  }
  const attemptSilently = (act: () => void) => {
    try {
      attempt(act)
    } catch {}
  }
  return { isOff: () => isOff, mishap, attempt, attemptSilently }
}
