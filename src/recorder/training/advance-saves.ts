import type { Timestamp } from '../span.ts'
import type { SaveStart, SaveSuccess } from './callbacks.ts'
import type { TrainingSettings } from './config.ts'
import { addDuration } from './durations.ts'
import { wrongUse } from './errors.ts'
import { saveSuccessAttributes, saveTimesAttributes } from './event-attributes.ts'
import { trainingEvents, trainingSpans } from './names.ts'
import { less, times } from './quantities.ts'
import { event, isOpen, onlyKnown, type Step, startSpan, stopSpan } from './records.ts'
import { beginSave, giveUpSave, type Productivity, succeedSave } from './saves.ts'
import type { RunningSave, TrainingState } from './state.ts'
import { secondsBetween, wallSec } from './time.ts'

const { application, checkpointSaveSync, checkpointSaveAsync } = trainingSpans

const spanOf = ({ checkpointStrategy }: TrainingSettings) =>
  checkpointStrategy === 'async' ? checkpointSaveAsync : checkpointSaveSync

// divided, not multiplied by 1e-12, which would round
const tera = (operations: number | undefined) => (operations === undefined ? undefined : operations / 1e12)

/** What a checkpoint of now would hold, or of when so many iterations were done. */
const productivityOf = (
  { completed, samples, flops, iterations, validation }: TrainingState,
  { holds }: SaveStart,
  { globalBatchSize, flopsPerSample }: TrainingSettings,
): Productivity => {
  if (!holds) {
    return {
      iterations: completed,
      samples,
      iterationsSec: iterations.totalSec,
      validationSec: validation.totalSec,
      tflops: tera(flops),
    }
  }
  const missing = times(less(completed, holds.iterations), globalBatchSize)
  return {
    ...holds,
    samples: less(samples, missing),
    tflops: tera(less(flops, times(missing, flopsPerSample))),
  }
}

/** A save that never ended has failed: it is closed, so that the next one can begin. */
const abandonSave = (state: TrainingState): Step => {
  if (!state.save) return { state, records: [] }
  const { span, step } = state.save
  const of = step === undefined ? 'a save' : `the save of step ${step}`
  const message = `${of} did not end before the next one began`
  const closed: TrainingState = { ...state, save: undefined, saves: giveUpSave(state.saves, step) }
  return isOpen(closed, span)
    ? stopSpan(closed, span, [{ kind: 'error', span, message }])
    : { state: closed, records: [] }
}

export const startSave = (
  state: TrainingState,
  callback: SaveStart & { readonly at: Timestamp },
  settings: TrainingSettings,
): Step => {
  const { at, step } = callback
  const span = spanOf(settings)
  const abandoned = abandonSave(state)
  const before = abandoned.state
  const saves = beginSave(before.saves, { step, holds: productivityOf(before, callback, settings) })
  const attributes = onlyKnown({
    checkpoint_strategy: settings.checkpointStrategy,
    current_iteration: step,
    save_checkpoint_attempt_count: saves.attempts,
  })
  const save: RunningSave = { span, step, since: at, hasSucceeded: false }
  const isTold = settings.isSaveCheckpointEnabled !== false
  const started = startSpan({ ...before, saves, save }, span, isTold ? attributes : {})
  return { state: started.state, records: [...abandoned.records, ...started.records] }
}

/**
 * A save that the training waits for is told in its own span; one that goes on beside the training may be done when its
 * span is long over, and belongs to the application.
 */
const placeOf = ({ save }: TrainingState, settings: TrainingSettings) =>
  settings.checkpointStrategy === 'async' ? application : (save?.span ?? checkpointSaveSync)

export const succeed = (
  state: TrainingState,
  callback: SaveSuccess & { readonly at: Timestamp },
  settings: TrainingSettings,
): Step => {
  const { at, step } = callback
  const place = placeOf(state, settings)
  if (!isOpen(state, place)) throw wrongUse(`a save succeeds outside of ${place}, which is not open`)
  const { save } = state
  const next: TrainingState = {
    ...state,
    save: save && save.step === step ? { ...save, hasSucceeded: true } : save,
    saves: succeedSave(state.saves, step, wallSec(at)),
  }
  if (settings.isSaveCheckpointEnabled === false) return { state: next, records: [] }
  const attributes = saveSuccessAttributes(next, callback, settings)
  return { state: next, records: [event(place, trainingEvents.saveCheckpointSuccess, attributes)] }
}

export const endSave = (state: TrainingState, at: Timestamp, settings: TrainingSettings): Step => {
  const { save } = state
  if (!save) throw wrongUse(`${spanOf(settings)} ends, but was not started`)
  const { span, step, since, hasSucceeded } = save
  const hasFailed = span === checkpointSaveSync && !hasSucceeded
  const saveTimes = addDuration(state.saveTimes, secondsBetween(since, at))
  const next: TrainingState = {
    ...state,
    save: undefined,
    saves: hasFailed ? giveUpSave(state.saves, step) : state.saves,
    saveTimes,
  }
  const update = event(span, trainingEvents.syncCheckpointMetrics, saveTimesAttributes(saveTimes))
  return stopSpan(next, span, settings.isSaveCheckpointEnabled === false ? [] : [update])
}
