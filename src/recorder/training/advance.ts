import {
  endTesting,
  endValidation,
  endValidationIteration,
  startValidation,
  startValidationIteration,
} from './advance-loops.ts'
import { endSave, startSave, succeed } from './advance-saves.ts'
import {
  addIterations,
  endIteration,
  endTraining,
  startIteration,
  startTraining,
} from './advance-training.ts'
import type { TrainingCallback } from './callbacks.ts'
import { isComplete, type TrainingSettings } from './config.ts'
import { wrongUse } from './errors.ts'
import { configAttributes, initializationAttributes } from './event-attributes.ts'
import { frequentSpans, type TrainingSpan, trainingEvents, trainingSpans } from './names.ts'
import { event, isOpen, type Step, startSpan, stopSpan, type TrainingRecord } from './records.ts'
import type { TrainingState } from './state.ts'

const { application, trainingLoop, testingLoop, checkpointLoad, checkpointSaveSync, checkpointSaveAsync } =
  trainingSpans

const configUpdate = (settings: TrainingSettings): readonly TrainingRecord[] =>
  isComplete(settings) ? [event(application, trainingEvents.configUpdate, configAttributes(settings))] : []

const startApplication = (state: TrainingState, settings: TrainingSettings): Step => {
  const started = startSpan(state, application)
  const initialization = event(application, trainingEvents.initialization, initializationAttributes(settings))
  return { ...started, records: [...started.records, initialization, ...configUpdate(settings)] }
}

/** Spans whose end is told by whoever told their beginning: without it, the time in them is not known. */
const timedSpans: ReadonlySet<TrainingSpan> = new Set([
  ...frequentSpans,
  checkpointLoad,
  checkpointSaveSync,
  checkpointSaveAsync,
])

const stopOf = (span: TrainingSpan): readonly TrainingRecord[] => [
  ...(timedSpans.has(span)
    ? [{ kind: 'error' as const, span, message: `${span} did not end before the application did` }]
    : []),
  { kind: 'stop', span },
]

/** Stops all that is open in the application, newest first. */
const endWork = (state: TrainingState, settings: TrainingSettings): Step => {
  const training = isOpen(state, trainingLoop) ? endTraining(state, settings).records.slice(0, -1) : []
  const stops = state.open
    .filter((span) => span !== application)
    .toReversed()
    .flatMap((span) => (span === trainingLoop ? [...training, ...stopOf(span)] : stopOf(span)))
  const next: TrainingState = {
    ...state,
    open: state.open.filter((span) => span === application),
    iteration: undefined,
    validationIteration: undefined,
    save: undefined,
  }
  return { state: next, records: stops }
}

const endApplication = (state: TrainingState, settings: TrainingSettings): Step => {
  if (!isOpen(state, application)) throw wrongUse(`${application} ends, but was not started`)
  const { state: left, records } = endWork(state, settings)
  return stopSpan(left, application, records)
}

/**
 * What a callback leads to: the state after it, and what is to be recorded. Pure, but for functions in the
 * configuration.
 *
 * @throws {RecorderError} (`WRONG_USE`) if it cannot be, such as an end without a beginning; nothing has
 *   changed then
 */
export const advance = (
  state: TrainingState,
  callback: TrainingCallback,
  settings: TrainingSettings,
): Step => {
  switch (callback.type) {
    case 'app-start':
      return startApplication(state, settings)
    case 'app-end':
      return endApplication(state, settings)
    case 'work-end':
      return endWork(state, settings)
    case 'config-update':
      return { state, records: isOpen(state, application) ? configUpdate(settings) : [] }
    case 'span-start':
      return startSpan(state, callback.span)
    case 'span-end':
      return stopSpan(state, callback.span)
    case 'train-start':
      return startTraining(state, callback, settings)
    case 'train-end':
      return endTraining(state, settings)
    case 'iteration-start':
      return startIteration(state, callback.at, settings)
    case 'iteration-end':
      return endIteration(state, callback, settings)
    case 'iterations':
      return addIterations(state, callback, settings)
    case 'validation-start':
      return startValidation(state)
    case 'validation-end':
      return endValidation(state, settings)
    case 'validation-iteration-start':
      return startValidationIteration(state, callback.at, settings)
    case 'validation-iteration-end':
      return endValidationIteration(state, callback.at)
    case 'testing-start':
      return startSpan(state, testingLoop)
    case 'testing-end':
      return endTesting(state, settings)
    case 'save-start':
      return startSave(state, callback, settings)
    case 'save-success':
      return succeed(state, callback, settings)
    case 'save-end':
      return endSave(state, callback.at, settings)
    case 'error': {
      const { message, error } = callback
      const isThere = callback.span !== undefined && isOpen(state, callback.span)
      const span = isThere ? callback.span : state.open.at(-1)
      if (span === undefined) throw wrongUse('an error is told outside of all spans')
      return { state, records: [{ kind: 'error', span, message, error }] }
    }
  }
}
