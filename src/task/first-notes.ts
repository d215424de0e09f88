import { identify } from '../processes/identity.ts'
import type { TaskTrace } from '../trace-context.ts'
import { type AttemptNotes, writeAttemptFileSync } from './attempt-file.ts'

export interface AttemptStart {
  readonly runId: string
  readonly attempt: number
  readonly startedAt: Date
  readonly trace: TaskTrace | undefined
  /** Of the command; undefined if it could not be started. */
  readonly pid: number | undefined
  readonly previous: AttemptNotes | undefined
}

/**
 * Notes what an attempt is at its start, before anything can happen to us: a command whose supervisor is killed is
 * found by it. A disk that refuses costs only that.
 */
export const writeFirstNotes = (resultsDir: string, start: AttemptStart): AttemptNotes => {
  const { runId, attempt, startedAt, trace, pid, previous } = start
  const identity = pid === undefined ? undefined : identify(pid)
  const notes: AttemptNotes = {
    ...{ version: 1, runId, attempt, startedAt: startedAt.toISOString() },
    ...(trace && { traceparent: trace.traceparent }),
    ...(previous?.checkpoint && { checkpoint: previous.checkpoint }),
    ...(identity && { process: { ...identity, groupId: identity.pid } }),
  }
  try {
    writeAttemptFileSync(resultsDir, notes)
  } catch {
    // a later attempt will know nothing of this one
  }
  return notes
}
