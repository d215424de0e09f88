import { durationText } from '../../terminal/duration.ts'
import type { Evidence } from './evidence.ts'
import type { Found } from './found.ts'

/** A shell, and docker, report a death by signal n as 128 + n. */
const isBySignal = (status: number) => status > 128 && status <= 128 + 64

const findExit = ({ end, exit, progress, killedAfterGraceMs }: Evidence): readonly Found[] => {
  const { status, signal, startError } = exit
  if (startError !== undefined) return [['not-started', `status ${status} (${startError})`]]
  if (end.kind === 'completed' || end.kind === 'uploads-failed') {
    // what the platform's own SIGTERM or SIGKILL did is not the task's fault
    const isOurs = status === 0 || status === 143 || (status === 137 && killedAfterGraceMs !== undefined)
    return isOurs ? [] : [['exit-status-after-100', `status ${status}, after 100`]]
  }
  if (end.kind !== 'task-exit') return []
  const percent = progress.last?.percentComplete
  const by = signal ?? (isBySignal(status) ? `status ${status}, as by signal ${status - 128}` : undefined)
  if (by !== undefined) return [['exit-by-signal', `${by}, at ${percent ?? 0} percent`]]
  if (status !== 0) return [['exit-status', `status ${status}, at ${percent ?? 0} percent`]]
  const isLeft = end.fault === undefined || end.fault.rule === 'stale'
  return isLeft && percent !== undefined
    ? [['exit-without-100', `the task ended with 0 at ${percent} percent`]]
    : []
}

/** What the life and the end of the process show. */
export const findInTask = (evidence: Evidence): readonly Found[] => {
  const { end, killedAfterGraceMs } = evidence
  const found: Found[] = [...findExit(evidence)]
  if (end.kind === 'canceled') found.push(['canceled', 'the task was canceled'])
  if (killedAfterGraceMs !== undefined) {
    found.push(['sigterm-ignored', `still running ${durationText(killedAfterGraceMs)} after SIGTERM`])
  }
  return found
}
