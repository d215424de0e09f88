import type { Clock } from '../clock.ts'
import type { Workload, WorkloadOutcome } from '../workload/workload.ts'
import type { PhaseEvent, WorkloadEvent } from '../workload-events.ts'
import { mostCheckpoints, type SummaryCheckpoint } from './run-summary.ts'

/** What a summary tells of the course of a run. */
export interface RunAccount {
  readonly outcome: WorkloadOutcome | undefined
  /** The last ones, in order. */
  readonly checkpoints: readonly SummaryCheckpoint[]
  readonly checkpointCount: number
  readonly phases: readonly PhaseEvent[]
}

/** A workload that is the same as the given one, of whose events an account is kept. */
export const withAccount = (workload: Workload, clock: Clock, onEvent: (event: WorkloadEvent) => void) => {
  let outcome: WorkloadOutcome | undefined
  let checkpointCount = 0
  const checkpoints: SummaryCheckpoint[] = []
  const phases: PhaseEvent[] = []

  const note = (event: WorkloadEvent) => {
    if (event.type === 'phase') phases.push(event)
    if (event.type === 'checkpoint') {
      const { name, step, sizeBytes } = event
      checkpointCount += 1
      checkpoints.push({
        ...{ name, sizeBytes, announcedAt: clock.now().toISOString() },
        ...(step !== undefined && { step }),
      })
      if (checkpoints.length > mostCheckpoints) checkpoints.shift()
    }
    onEvent(event)
  }
  const accounted: Workload = {
    name: workload.name,
    run: async (context) => {
      outcome = await workload.run({
        ...context,
        emit: (event) => {
          context.emit(event)
          note(event)
        },
      })
      return outcome
    },
  }
  return {
    workload: accounted,
    account: (): RunAccount => ({ outcome, checkpoints, checkpointCount, phases }),
  }
}
