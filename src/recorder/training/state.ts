import type { Timestamp } from '../span.ts'
import { type Durations, noDurations } from './durations.ts'
import type { TrainingSpan } from './names.ts'
import { noSaves, type Saves } from './saves.ts'

/** Something that goes on, and is timed. */
export interface Running {
  readonly since: Timestamp
}

/** A save that has not ended. */
export interface RunningSave extends Running {
  readonly span: TrainingSpan
  readonly step: number | undefined
  readonly hasSucceeded: boolean
}

/** The most and the least of something. */
export interface Extremes {
  readonly min: number
  readonly max: number
}

/**
 * All that is kept in mind of a training from one callback to the next: of the same size after ten steps and after ten
 * million.
 */
export interface TrainingState {
  /** Spans that are open, oldest first; of each name at most one. */
  readonly open: readonly TrainingSpan[]
  readonly iteration: Running | undefined
  readonly validationIteration: Running | undefined
  readonly save: RunningSave | undefined

  /** When the training loop started, in seconds since 1970. */
  readonly trainStartSec: number | undefined
  /** Iterations, and samples, done before this attempt. */
  readonly start: { readonly iterations: number; readonly samples: number | undefined } | undefined
  /** Iterations, samples, floating point operations: done by all attempts. */
  readonly completed: number
  readonly samples: number | undefined
  readonly flops: number | undefined
  /** Samples, tokens, floating point operations: done by this attempt. */
  readonly ownSamples: number | undefined
  readonly ownTokens: number | undefined
  readonly ownFlops: number | undefined
  /** Iterations of this attempt. */
  readonly iterations: Durations
  /** Those since the last `training_metrics_update`. */
  readonly interval: Durations
  /** 10^12 floating point operations a second and GPU, of single iterations; undefined if some are not known. */
  readonly tflopsPerGpu: Extremes | undefined
  readonly latestLoss: number | undefined
  /** When the first, and the latest, iteration of this attempt was done, in seconds since 1970. */
  readonly firstDoneSec: number | undefined
  readonly latestDoneSec: number | undefined

  /** Iterations of validation in this attempt, and in the loop that runs. */
  readonly validation: Durations
  readonly validationLoop: Durations
  /** Iterations of training since the validation, or the test, before. */
  readonly sinceValidation: number
  readonly sinceTesting: number

  readonly saves: Saves
  /** Times that the training waited for a save. */
  readonly saveTimes: Durations
}

/** Before the first callback. */
export const noTraining: TrainingState = {
  open: [],
  iteration: undefined,
  validationIteration: undefined,
  save: undefined,
  trainStartSec: undefined,
  start: undefined,
  completed: 0,
  samples: undefined,
  flops: undefined,
  ownSamples: undefined,
  ownTokens: undefined,
  ownFlops: undefined,
  iterations: noDurations,
  interval: noDurations,
  tflopsPerGpu: undefined,
  latestLoss: undefined,
  firstDoneSec: undefined,
  latestDoneSec: undefined,
  validation: noDurations,
  validationLoop: noDurations,
  sinceValidation: 0,
  sinceTesting: 0,
  saves: noSaves,
  saveTimes: noDurations,
}
