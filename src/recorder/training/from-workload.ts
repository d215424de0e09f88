import type { CheckpointEvent, ProgressEvent } from '../../workload-events.ts'
import type { Timestamp } from '../span.ts'
import { mapSpanEnded, mapSpanStarted } from './map-spans.ts'
import { mark, markAt, trainedSecAt } from './marks.ts'
import { trainingSpans } from './names.ts'
import { secondsBetween } from './time.ts'
import {
  begin,
  type Mapped,
  noWorkload,
  pauseOf,
  type Start,
  stampOf,
  teller,
  type WorkloadMoment,
  type WorkloadReading,
  type WorkloadTraining,
} from './workload-state.ts'

/** Where a training started, by the first step that it told: after a restart, or with steps left out, nobody knows. */
const startOf = (step: number, isExact: boolean): Start => {
  if (step <= 1) return { completed: 0, isStartKnown: true }
  return isExact ? { completed: step - 1, isStartKnown: true } : { completed: step, isStartKnown: false }
}

const lossOf = ({ metrics: { loss } }: ProgressEvent) => loss

const afterStep = (
  state: WorkloadTraining,
  event: ProgressEvent,
  now: Timestamp,
  { isExact = false }: WorkloadReading,
): Mapped => {
  const { step = 0 } = event
  const told = teller(now)
  const before = state.step ?? step
  const done = step - before
  // from where it was not met before, and back to where it was, there is no time that it took
  const isTimed = done > 0 && state.stepAt !== undefined
  const count = isTimed ? done : 0
  const seconds =
    isTimed && state.stepAt ? Math.max(0, secondsBetween(state.stepAt, now) - state.pausedSec) : 0
  const trainedSec = state.trainedSec + seconds
  const next: WorkloadTraining = {
    ...state,
    step,
    // to tell a step again is no news of it
    ...(!(done === 0 && state.stepAt) && { stepAt: now, isStepTimed: event.at !== undefined }),
    pausedSec: done === 0 ? state.pausedSec : 0,
    trainedSec,
    marks: done === 0 ? state.marks : mark(state.marks, { atMs: now.monotonicMs, step, trainedSec }),
  }
  const isOne = count === 1 && (isExact || (event.at !== undefined && state.isStepTimed))
  const loss = lossOf(event)
  if (done === 0 && loss === undefined) return { state: next, callbacks: [] }
  return {
    state: next,
    callbacks: [told({ type: 'iterations', count, seconds, completed: step, isOne, loss })],
  }
}

const mapProgress = (
  state: WorkloadTraining,
  event: ProgressEvent,
  toldAt: Timestamp,
  reading: WorkloadReading,
): Mapped => {
  const { step, totalSteps, at } = event
  const now = at ? stampOf(at, toldAt) : toldAt
  if (step === undefined) return { state, callbacks: [] }
  if (state.isTraining) return afterStep(state, event, now, reading)
  const start = startOf(step, reading.isExact === true)
  const since = state.loopSince ?? now
  const started = afterStep(begin(state, start, since), event, now, reading)
  const first = teller(since)({ type: 'train-start', ...start, iterationsTarget: totalSteps })
  return { state: started.state, callbacks: [first, ...started.callbacks] }
}

const mapCheckpoint = (
  state: WorkloadTraining,
  event: CheckpointEvent,
  now: Timestamp,
  { savesBeside = false }: WorkloadReading,
): Mapped => {
  const since = stampOf(event.startedAt, now)
  const until = stampOf(event.endedAt, now)
  const step = event.step ?? state.step
  const holds =
    event.step === undefined
      ? markAt(state.marks, since.monotonicMs)
      : { step: event.step, trainedSec: trainedSecAt(state.marks, event.step) }
  const told = teller(until)
  return {
    state: savesBeside ? state : { ...state, pausedSec: state.pausedSec + pauseOf(state, since, until) },
    callbacks: [
      told(
        {
          type: 'save-start',
          step,
          holds: { iterations: holds?.step, iterationsSec: holds?.trainedSec },
        },
        since,
      ),
      told({ type: 'save-success', step, sizeBytes: event.sizeBytes, directory: event.name }),
      told({ type: 'save-end' }),
    ],
  }
}

const errorOf = (message: string, name: string | undefined, stack: string | undefined) =>
  Object.assign(new Error(message), { ...(name !== undefined && { name }), stack: stack ?? '' })

/**
 * What something that happens to a workload means in OneLogger's words. Pure; what the workload does not tell is not
 * said.
 *
 * `now`: when it came.
 */
export const fromWorkload = (
  state: WorkloadTraining,
  moment: WorkloadMoment,
  now: Timestamp,
  reading: WorkloadReading = {},
): Mapped => {
  const told = teller(now)
  switch (moment.type) {
    case 'task-started':
      return { state, callbacks: [told({ type: 'app-start' }, moment.at ? stampOf(moment.at, now) : now)] }
    case 'work-ended':
      return { state: { ...state, workEndedAt: state.workEndedAt ?? now }, callbacks: [] }
    case 'task-ended': {
      const { error: message } = moment
      const span = trainingSpans.application
      const failure = message === undefined ? [] : [told({ type: 'error', span, message })]
      // the wait for checkpoints, and for their turn, is the task's, and no part of the training
      const over = told({ type: 'work-end' }, state.workEndedAt)
      return { state: noWorkload, callbacks: [...failure, over, told({ type: 'app-end' })] }
    }
    case 'epoch-started':
      return {
        state: state.isTraining || state.loopSince ? state : { ...state, loopSince: now },
        callbacks: [],
      }
    case 'progress':
      return mapProgress(state, moment, now, reading)
    case 'checkpoint':
      return mapCheckpoint(state, moment, now, reading)
    case 'span-started':
      return mapSpanStarted(state, moment, now)
    case 'span-ended':
      return mapSpanEnded(state, moment, now)
    case 'error': {
      const { message, errorType, stack, at } = moment
      const error = errorOf(message, errorType, stack)
      return { state, callbacks: [told({ type: 'error', message, error }, stampOf(at, now))] }
    }
    // OneLogger has no word for them
    case 'message':
    case 'log':
    case 'event':
    case 'metric':
    case 'phase':
      return { state, callbacks: [] }
  }
}
