import type { ProcessExit } from '../../processes/exit-of.ts'
import { signalStatus } from '../../signal-status.ts'
import { durationText } from '../../terminal/duration.ts'
import type { EndSignal } from '../child/forward-signals.ts'
import type { WorkloadOutcome } from '../workload.ts'
import { endReason } from './end-reason.ts'

/** What is known when a command has ended. */
export interface Ending {
  /** The command's own name, without its arguments. */
  readonly name: string
  readonly exit: ProcessExit
  /** The last signal from outside that asked for an end, and how long that took. */
  readonly asked: { readonly signal: EndSignal; readonly tookMs: number } | undefined
  /** Whether it had to be killed because it did not end within the grace, in milliseconds. */
  readonly killedAfterMs: number | undefined
  /** How long there was no progress, in milliseconds, if it was ended for that. */
  readonly stalledMs: number | undefined
  /** Processes of our cgroup that the out-of-memory killer ended meanwhile; undefined where nobody counts. */
  readonly oomKills: number | undefined
  readonly memoryLimitBytes: number | undefined
}

const startFailures: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such command; is it installed, and in PATH?',
  EACCES: 'it may not be executed; chmod +x, or put its interpreter before it',
  ENOEXEC: 'it is no program; put its interpreter before it',
}

const statusStalled = 124

/** Whether the command ended by that signal, as far as one can tell. */
const isEndedBy = ({ status, signal }: ProcessExit, asked: EndSignal) =>
  signal === asked || status === signalStatus(asked)

/**
 * Judges how a command ended.
 *
 * SIGTERM always means that the task was stopped, whatever the command made of it. SIGINT, SIGHUP and SIGQUIT a program
 * may use for other things: they count only if it ended by them.
 */
export const outcomeOf = (ending: Ending): WorkloadOutcome => {
  const { name, exit, asked, killedAfterMs, stalledMs, oomKills = 0, memoryLimitBytes } = ending
  const { status, signal, startError } = exit
  if (startError !== undefined) {
    const reason = `${name} could not be started: ${startFailures[startError] ?? startError}`
    return { kind: 'failed', exitStatus: status, reason }
  }
  const isStopped = asked !== undefined && (asked.signal === 'SIGTERM' || isEndedBy(exit, asked.signal))
  if (isStopped && stalledMs === undefined) {
    const detail =
      killedAfterMs === undefined
        ? `${name} was gone after ${durationText(asked.tookMs)}`
        : `${name} had not ended after ${durationText(killedAfterMs)} (--grace), and was killed`
    return { kind: 'stopped', signal: asked.signal, exitStatus: status, detail }
  }
  if (status === 0 && stalledMs === undefined) return { kind: 'succeeded' }
  const end = { exitStatus: status, signal, startError, oomKills, memoryLimitBytes, stalledMs, killedAfterMs }
  return {
    kind: 'failed',
    exitStatus: stalledMs === undefined ? status : statusStalled,
    reason: `${name} ${endReason({ ...end, asked: isStopped ? asked : undefined })}`,
  }
}
