import type { ProgressState } from '../progress/open-progress.ts'
import { signalStatus } from '../signal-status.ts'
import type { WorkloadOutcome } from '../workload/workload.ts'

/** What an ended task tells: on stderr, and to whoever waits for its status. */
export interface Verdict {
  readonly exitStatus: number
  readonly severity: 'INFO' | 'WARN' | 'ERROR'
  /** One sentence. */
  readonly text: string
}

/** The platform keeps so many bytes of the end of a failed task's log. */
export const verdictBytes = 1_024

/** What the progress file says, as people read it: `40 % (output_result_1)`. */
const shownText = ({ percentComplete, name }: ProgressState) =>
  `${percentComplete} %${name === '' ? '' : ` (${name})`}`

/**
 * Judges how the workload ended.
 *
 * @param shown - what the progress file says
 * @param waiting - how many states it should have said, but does not
 */
export const judge = (outcome: WorkloadOutcome, shown: ProgressState, waiting: number): Verdict => {
  const where = `at ${shownText(shown)}${waiting > 0 ? `, ${waiting} more to be announced by a restart` : ''}`
  switch (outcome.kind) {
    case 'succeeded':
      return { exitStatus: 0, severity: 'INFO', text: `completed ${where}` }
    case 'failed': {
      const { exitStatus, reason } = outcome
      return { exitStatus, severity: 'ERROR', text: `failed with status ${exitStatus} ${where}: ${reason}` }
    }
    case 'stopped':
      return {
        exitStatus: outcome.exitStatus ?? signalStatus(outcome.signal),
        severity: 'WARN',
        text: `stopped by ${outcome.signal} ${where}${outcome.detail === undefined ? '' : `: ${outcome.detail}`}`,
      }
  }
}

/** As much of the text as fits, cut between characters, with a mark where something is missing. */
export const clipBytes = (text: string, limit: number): string => {
  if (Buffer.byteLength(text) <= limit) return text
  const mark = '…'
  const kept = Buffer.from(text).subarray(0, limit - Buffer.byteLength(mark))
  return `${kept.toString('utf8').replace(/\uFFFD+$/, '')}${mark}`
}
