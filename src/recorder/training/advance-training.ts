import type { Timestamp } from '../span.ts'
import type { Iterations, TrainStart } from './callbacks.ts'
import type { TrainingSettings } from './config.ts'
import { addDuration, addTogether, type Durations, noDurations } from './durations.ts'
import { wrongUse } from './errors.ts'
import { tflopsPerGpu, trainingMetricsAttributes } from './event-attributes.ts'
import { trainingEvents, trainingSpans } from './names.ts'
import { plus, times } from './quantities.ts'
import { event, isOpen, onlyKnown, type Step, startSpan, stopSpan } from './records.ts'
import type { Extremes, TrainingState } from './state.ts'
import { secondsBetween, wallSec } from './time.ts'

const loop = trainingSpans.trainingLoop
const iterationSpan = trainingSpans.trainingSingleIteration

const outside = `${iterationSpan} is part of ${loop}, which is not open`

/** Floating point operations for so many samples; undefined where throughput is not wanted, or not known. */
const flopsOf = (samples: number | undefined, settings: TrainingSettings) =>
  settings.isLogThroughputEnabled === true ? times(samples, settings.flopsPerSample) : undefined

export const startTraining = (
  state: TrainingState,
  callback: TrainStart & { readonly at: Timestamp },
  settings: TrainingSettings,
): Step => {
  const { at, completed, isStartKnown } = callback
  const samples = callback.samplesStart ?? times(completed, settings.globalBatchSize)
  const flops = flopsOf(samples, settings)
  const samplesTarget = callback.samplesTarget ?? settings.trainSamplesTarget
  const start = isStartKnown ? { iterations: completed, samples } : undefined
  const attributes = onlyKnown({
    train_iterations_start: start?.iterations,
    train_samples_start: start?.samples,
    train_tokens_target: times(settings.seqLength, samplesTarget),
    completed_floating_point_operations_overall: flops,
    train_iterations_target: callback.iterationsTarget ?? settings.trainIterationsTarget,
    train_samples_target: samplesTarget,
  })
  const next: TrainingState = {
    ...state,
    trainStartSec: wallSec(at),
    start,
    completed,
    samples,
    flops,
    interval: noDurations,
    sinceValidation: 0,
    sinceTesting: 0,
  }
  return startSpan(next, loop, attributes)
}

const metricsUpdate = (state: TrainingState, settings: TrainingSettings) =>
  event(loop, trainingEvents.trainingMetrics, trainingMetricsAttributes(state, settings))

/** The iterations after the last multiple are told too. */
export const endTraining = (state: TrainingState, settings: TrainingSettings): Step => {
  const isTold = settings.isTrainIterationsEnabled === false || state.interval.count === 0
  return stopSpan({ ...state, interval: noDurations }, loop, isTold ? [] : [metricsUpdate(state, settings)])
}

const widen = (extremes: Extremes | undefined, value: number): Extremes => ({
  min: Math.min(extremes?.min ?? value, value),
  max: Math.max(extremes?.max ?? value, value),
})

/** Of several iterations nobody knows the fastest. */
const extremesAfter = (
  { tflopsPerGpu: before, iterations: { count, minSec } }: TrainingState,
  { isOne, seconds }: Iterations,
  flops: number | undefined,
  worldSize: number | undefined,
): Extremes | undefined => {
  if (!isOne || flops === undefined || worldSize === undefined) return undefined
  if (count > 0 && minSec === undefined) return undefined
  const rate = tflopsPerGpu(flops, seconds, worldSize)
  return rate === undefined ? before : widen(before, rate)
}

const afterIterations = (
  state: TrainingState,
  iterations: Iterations & { readonly at: Timestamp },
  settings: TrainingSettings,
): TrainingState => {
  const { at, count, seconds, completed, isOne, loss } = iterations
  const samples = times(count, settings.globalBatchSize)
  const flops = flopsOf(samples, settings)
  const isMove = completed !== state.completed + count
  const add = (durations: Durations) =>
    isOne ? addDuration(durations, seconds) : addTogether(durations, count, seconds)
  return {
    ...state,
    completed,
    samples: isMove ? times(completed, settings.globalBatchSize) : plus(state.samples, samples),
    flops: isMove ? flopsOf(times(completed, settings.globalBatchSize), settings) : plus(state.flops, flops),
    ownSamples: plus(state.ownSamples, samples),
    ownTokens: plus(state.ownTokens, times(samples, settings.seqLength)),
    ownFlops: plus(state.ownFlops, flops),
    iterations: add(state.iterations),
    interval: add(state.interval),
    tflopsPerGpu:
      count === 0 ? state.tflopsPerGpu : extremesAfter(state, iterations, flops, settings.worldSize),
    latestLoss: loss ?? state.latestLoss,
    firstDoneSec: state.firstDoneSec ?? (count > 0 ? wallSec(at) : undefined),
    latestDoneSec: count > 0 ? wallSec(at) : state.latestDoneSec,
    sinceValidation: state.sinceValidation + count,
    sinceTesting: state.sinceTesting + count,
  }
}

/** Whether a multiple of `every` was passed. */
const hasPassed = (every: number, from: number, to: number) =>
  Math.floor(to / every) > Math.floor(from / every)

/** Iterations were done; at each multiple of `logEveryNTrainIterations` that is told. */
export const addIterations = (
  state: TrainingState,
  iterations: Iterations & { readonly at: Timestamp },
  settings: TrainingSettings,
): Step => {
  if (!isOpen(state, loop)) throw wrongUse(outside)
  const next = afterIterations(state, iterations, settings)
  const every = settings.logEveryNTrainIterations
  const isDue =
    every !== undefined &&
    settings.isTrainIterationsEnabled !== false &&
    next.interval.count > 0 &&
    hasPassed(every, state.completed, next.completed)
  if (!isDue) return { state: next, records: [] }
  return { state: { ...next, interval: noDurations }, records: [metricsUpdate(next, settings)] }
}

export const startIteration = (state: TrainingState, at: Timestamp, settings: TrainingSettings): Step => {
  if (state.iteration) throw wrongUse(`${iterationSpan} is started twice: it has not ended yet`)
  if (!isOpen(state, loop)) throw wrongUse(outside)
  const running = { ...state, iteration: { since: at } }
  return settings.isTrainIterationsEnabled === false
    ? { state: running, records: [] }
    : startSpan(running, iterationSpan)
}

export const endIteration = (
  state: TrainingState,
  { at, loss }: { readonly at: Timestamp; readonly loss?: number | undefined },
  settings: TrainingSettings,
): Step => {
  if (!state.iteration) throw wrongUse(`${iterationSpan} ends, but was not started`)
  const one: Iterations & { readonly at: Timestamp } = {
    type: 'iterations',
    at,
    count: 1,
    seconds: secondsBetween(state.iteration.since, at),
    completed: state.completed + 1,
    isOne: true,
    loss,
  }
  const added = addIterations({ ...state, iteration: undefined }, one, settings)
  return isOpen(added.state, iterationSpan) ? stopSpan(added.state, iterationSpan, added.records) : added
}
