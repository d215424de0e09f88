import type { Timestamp } from '../span.ts'
import type { TrainingSettings } from './config.ts'
import { addDuration, noDurations } from './durations.ts'
import { wrongUse } from './errors.ts'
import { testingMetricsAttributes, validationMetricsAttributes } from './event-attributes.ts'
import { trainingEvents, trainingSpans } from './names.ts'
import { event, isOpen, type Step, startSpan, stopSpan } from './records.ts'
import type { TrainingState } from './state.ts'
import { secondsBetween } from './time.ts'

const { validationLoop, testingLoop, validationSingleIteration: iterationSpan } = trainingSpans

export const startValidation = (state: TrainingState): Step =>
  startSpan({ ...state, validationLoop: noDurations }, validationLoop)

export const endValidation = (state: TrainingState, settings: TrainingSettings): Step => {
  const update = event(validationLoop, trainingEvents.validationMetrics, validationMetricsAttributes(state))
  const isTold = settings.isValidationIterationsEnabled !== false
  return stopSpan({ ...state, sinceValidation: 0 }, validationLoop, isTold ? [update] : [])
}

export const startValidationIteration = (
  state: TrainingState,
  at: Timestamp,
  settings: TrainingSettings,
): Step => {
  if (state.validationIteration) throw wrongUse(`${iterationSpan} is started twice: it has not ended yet`)
  const running = { ...state, validationIteration: { since: at } }
  return settings.isValidationIterationsEnabled === false
    ? { state: running, records: [] }
    : startSpan(running, iterationSpan)
}

export const endValidationIteration = (state: TrainingState, at: Timestamp): Step => {
  if (!state.validationIteration) throw wrongUse(`${iterationSpan} ends, but was not started`)
  const seconds = secondsBetween(state.validationIteration.since, at)
  const next: TrainingState = {
    ...state,
    validationIteration: undefined,
    validation: addDuration(state.validation, seconds),
    validationLoop: addDuration(state.validationLoop, seconds),
  }
  return isOpen(next, iterationSpan) ? stopSpan(next, iterationSpan) : { state: next, records: [] }
}

export const endTesting = (state: TrainingState, settings: TrainingSettings): Step => {
  const update = event(testingLoop, trainingEvents.testingMetrics, testingMetricsAttributes(state))
  const isTold = settings.isTestIterationsEnabled !== false
  return stopSpan({ ...state, sinceTesting: 0 }, testingLoop, isTold ? [update] : [])
}
