import type { Clock } from '../clock.ts'
import type { Status } from './findings/evidence.ts'
import type { Moment } from './report.ts'

/** What happened so far, and when. */
export interface History {
  /** Milliseconds since the task began. */
  readonly elapsedMs: () => number
  /** The task begins now. */
  readonly begin: () => void
  readonly tell: (text: string) => void
  /** The platform changes the task's status, in the words of its events. */
  readonly change: (to: Status, error?: string) => void
  readonly status: () => Status
  readonly moments: readonly Moment[]
}

/** @param onStatus - is told of each change too */
export const startHistory = (
  clock: Clock,
  onMoment: (moment: Moment) => void = () => {},
  onStatus: (status: Status, error: string) => void = () => {},
): History => {
  let startedMs = clock.monotonicMs()
  let status: Status = 'QUEUED'
  const moments: Moment[] = []
  const elapsedMs = () => Math.round(clock.monotonicMs() - startedMs)
  const tell = (text: string) => {
    const moment = { atMs: elapsedMs(), text }
    moments.push(moment)
    onMoment(moment)
  }
  return {
    elapsedMs,
    begin: () => {
      startedMs = clock.monotonicMs()
    },
    tell,
    change: (to, error = '') => {
      tell(`Changing status from '${status}' to '${to}'${error && ` with error '${error}'`}`)
      status = to
      onStatus(to, error)
    },
    status: () => status,
    moments,
  }
}
