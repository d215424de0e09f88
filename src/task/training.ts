import type { Clock } from '../clock.ts'
import type { TrainingView } from '../workload/workload.ts'
import type { ProgressEvent, TrainingState } from '../workload-events.ts'
import { createTimeToGo } from './time-to-go.ts'

export const untrained: TrainingState = {
  step: undefined,
  totalSteps: undefined,
  percent: undefined,
  epoch: undefined,
  metrics: {},
}

/** From 0 to 100; undefined if one of them is not known. */
export const percentOf = (step: number | undefined, totalSteps: number | undefined) =>
  step === undefined || totalSteps === undefined ? undefined : Math.min(100, (step / totalSteps) * 100)

/** What is known after an event. */
export const afterProgress = (state: TrainingState, event: ProgressEvent): TrainingState => {
  const step = event.step ?? state.step
  const totalSteps = event.totalSteps ?? state.totalSteps
  const counts = event.step !== undefined || event.totalSteps !== undefined
  return {
    step,
    totalSteps,
    percent: event.percent ?? (counts ? percentOf(step, totalSteps) : undefined) ?? state.percent,
    epoch: event.epoch ?? state.epoch,
    metrics: { ...state.metrics, ...event.metrics },
  }
}

const rose = (before: number | undefined, after: number | undefined) =>
  after !== undefined && (before === undefined || after > before)

/** Whether the training came further; to report the same step again, or to go back to an earlier one, does not count. */
export const hasAdvanced = (before: TrainingState, after: TrainingState): boolean =>
  rose(before.step, after.step) || rose(before.percent, after.percent) || rose(before.epoch, after.epoch)

/** Keeps account of how a training comes along. */
export interface Training extends TrainingView {
  readonly apply: (event: ProgressEvent) => TrainingState
  /** Notes something that is progress without a number, such as a checkpoint. */
  readonly advance: () => void
}

export const createTraining = (clock: Clock): Training => {
  const timeToGo = createTimeToGo(clock)
  let state = untrained
  let hasEver = false
  let advancedMs = clock.monotonicMs()
  const advance = () => {
    hasEver = true
    advancedMs = clock.monotonicMs()
  }
  return {
    apply: (event) => {
      const before = state
      state = afterProgress(before, event)
      if (hasAdvanced(before, state)) advance()
      if (state.percent !== undefined) timeToGo.observe(state.percent)
      return state
    },
    advance,
    state: () => state,
    hasAdvanced: () => hasEver,
    ageMs: () => clock.monotonicMs() - advancedMs,
    timeToGoSeconds: () => timeToGo.seconds(),
  }
}
