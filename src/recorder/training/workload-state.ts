import type { WorkloadEvent } from '../../workload-events.ts'
import type { Timestamp } from '../span.ts'
import type { TrainingCallback } from './callbacks.ts'
import { type Marks, mark, noMarks } from './marks.ts'
import { secondsBetween } from './time.ts'
import type { BareCallback } from './told-spans.ts'

/** What happens to a workload, from its start to its end. */
export type WorkloadMoment =
  | WorkloadEvent
  /** `at`: if not now. */
  | { readonly type: 'task-started'; readonly at?: Date | undefined }
  /** Nothing trains any more; what it has written may still be looked at. */
  | { readonly type: 'work-ended' }
  /** `error`: why it failed, if it did. */
  | { readonly type: 'task-ended'; readonly error?: string | undefined }

export interface WorkloadReading {
  /**
   * Whether every step is told, in the moment that it is done. Else steps may be left out, and several be read at once:
   * then the time of a single one is known only where the workload says when it was. @default false
   */
  readonly isExact?: boolean
  /** Whether the training goes on while a checkpoint is written. @default false */
  readonly savesBeside?: boolean
}

/** What is kept in mind of a workload: of the same size, however long it runs. */
export interface WorkloadTraining {
  /** Whether `train-start` was told, and `train-end` was not. */
  readonly isTraining: boolean
  /** When the training loop began, if that was told before its first step. */
  readonly loopSince: Timestamp | undefined
  readonly step: number | undefined
  /** Of the last step that was told. */
  readonly stepAt: Timestamp | undefined
  /** Whether the workload said when that was; of the beginning of a loop it always does. */
  readonly isStepTimed: boolean
  /** Since then, not spent on training. */
  readonly pausedSec: number
  /** Spent on training. */
  readonly trainedSec: number
  readonly marks: Marks
  /** When nothing trained any more. */
  readonly workEndedAt: Timestamp | undefined
  /** Ids of the spans of OneLogger's names that are open, by name; at most one of each. */
  readonly spans: Readonly<Record<string, { readonly id: string; readonly since: Timestamp }>>
}

export const noWorkload: WorkloadTraining = {
  isTraining: false,
  loopSince: undefined,
  step: undefined,
  stepAt: undefined,
  isStepTimed: false,
  pausedSec: 0,
  trainedSec: 0,
  marks: noMarks,
  workEndedAt: undefined,
  spans: {},
}

/** What a moment of a workload means for its training. */
export interface Mapped {
  readonly state: WorkloadTraining
  /** In order; their times may be earlier than the moment's. */
  readonly callbacks: readonly TrainingCallback[]
}

type Told = (callback: BareCallback, when?: Timestamp) => TrainingCallback

/** Says when callbacks are: at `now`, if nothing else is said. */
export const teller =
  (now: Timestamp): Told =>
  (callback, when = now) =>
    ({ ...callback, at: when }) as TrainingCallback

/** A moment that is known by the wall clock only, and not later than now. */
export const stampOf = (date: Date, now: Timestamp): Timestamp => {
  const agoMs = Math.max(0, now.wallMs - date.getTime())
  return { wallMs: now.wallMs - agoMs, monotonicMs: now.monotonicMs - agoMs }
}

/** How much of a time lies after the last step, or after the beginning of the loop. */
export const pauseOf = ({ stepAt, loopSince }: WorkloadTraining, since: Timestamp, until: Timestamp) => {
  const from = stepAt ?? loopSince
  if (from === undefined) return 0
  return secondsBetween(from.monotonicMs > since.monotonicMs ? from : since, until)
}

/** Where a training started. */
export interface Start {
  readonly completed: number
  readonly isStartKnown: boolean
}

/** The loop begins with the first step, if nobody told of its beginning. */
export const begin = (state: WorkloadTraining, start: Start, at: Timestamp): WorkloadTraining => ({
  ...state,
  isTraining: true,
  step: start.completed,
  // the time from the beginning to a step is that of its iterations only if it is known how many they were
  stepAt: start.isStartKnown ? state.loopSince : undefined,
  isStepTimed: true,
  loopSince: undefined,
  marks: mark(state.marks, { atMs: at.monotonicMs, step: start.completed, trainedSec: state.trainedSec }),
})
