import type { JsonObject } from '../json.ts'
import type { CheckpointFacts } from '../task-record/record.ts'
import type { WorkloadOutcome } from '../workload/workload.ts'

/**
 * What the task keeps in mind between two events.
 *
 * `held` is the checkpoint that carries 100: it is announced when all else is over, because the platform stops
 * the task the moment it reads 100.
 */
export interface TaskState {
  readonly percentComplete: number
  readonly held: CheckpointFacts | undefined
}

export type Decision =
  | {
      readonly kind: 'announce'
      readonly name: string
      /** From 1 to 99. */
      readonly percentComplete: number
      readonly metadata: JsonObject
    }
  | { readonly kind: 'complete'; readonly name: string; readonly metadata: JsonObject }
  /** The workload ended well, but no directory is left to carry 100: a summary has to. */
  | { readonly kind: 'complete-with-summary' }
  | { readonly kind: 'fail' }

export interface Step {
  readonly state: TaskState
  readonly decisions: readonly Decision[]
}

/** How the task begins: with the percentage that an earlier attempt reached. */
export const beginTask = (percentComplete: number): TaskState => ({ percentComplete, held: undefined })

/** Announces a checkpoint with no less than what was announced before, and with less than 100. */
const announce = (state: TaskState, { name, percentComplete, metadata }: CheckpointFacts): Step => {
  const percent = Math.min(99, Math.max(1, state.percentComplete, percentComplete))
  return {
    state: { ...state, percentComplete: percent },
    decisions: [{ kind: 'announce', name, percentComplete: percent, metadata }],
  }
}

/** Announces what was held back, as it turned out not to be the end. */
const release = (state: TaskState): Step =>
  state.held ? announce({ ...state, held: undefined }, state.held) : { state, decisions: [] }

/** A checkpoint is complete on the disk. */
export const decideCheckpoint = (state: TaskState, checkpoint: CheckpointFacts): Step => {
  const released = release(state)
  if (checkpoint.percentComplete >= 100)
    return { ...released, state: { ...released.state, held: checkpoint } }
  const announced = announce(released.state, checkpoint)
  return { ...announced, decisions: [...released.decisions, ...announced.decisions] }
}

/** The workload has ended. */
export const decideEnd = (state: TaskState, outcome: WorkloadOutcome): Step => {
  if (outcome.kind === 'succeeded') {
    const { held } = state
    const decision: Decision = held
      ? { kind: 'complete', name: held.name, metadata: held.metadata }
      : { kind: 'complete-with-summary' }
    return { state, decisions: [decision] }
  }
  const released = release(state)
  return { ...released, decisions: [...released.decisions, { kind: 'fail' }] }
}
