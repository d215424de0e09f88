import { type Clock, systemClock } from '../../clock.ts'
import type { Recorder } from '../recorder.ts'
import { messageOf } from '../recorder-error.ts'
import type { Timestamp } from '../span.ts'
import { advance } from './advance.ts'
import type { TrainingSettings } from './config.ts'
import { fromWorkload } from './from-workload.ts'
import { createPerformer } from './perform.ts'
import { noTraining } from './state.ts'
import { noWorkload, type WorkloadMoment, type WorkloadReading } from './workload-state.ts'

/** What is known of a workload beside what it tells. */
export type KnownSettings = { readonly [K in keyof TrainingSettings]?: TrainingSettings[K] }

export interface WorkloadTrainingOptions {
  /** Not used for anything else: spans of the same names would be taken for each other. */
  readonly recorder: Recorder
  /** What is not known is left out of what is recorded. */
  readonly known?: KnownSettings
  /** @see {@link WorkloadReading.isExact} */
  readonly isExact?: boolean
  /** The one of the recorder. */
  readonly clock?: Clock
}

const nothingKnown: TrainingSettings = {
  worldSize: undefined,
  sessionTag: undefined,
  isBaselineRun: undefined,
  rank: undefined,
  nodeName: undefined,
  customMetadata: undefined,
  summaryDataSchemaVersion: undefined,
  telemetryVersion: undefined,
  enableForCurrentRank: undefined,
  perfTag: undefined,
  globalBatchSize: undefined,
  microBatchSize: undefined,
  seqLength: undefined,
  flopsPerSample: undefined,
  trainIterationsTarget: undefined,
  trainSamplesTarget: undefined,
  logEveryNTrainIterations: 50,
  checkpointStrategy: undefined,
  isTrainIterationsEnabled: undefined,
  isValidationIterationsEnabled: undefined,
  isTestIterationsEnabled: undefined,
  isSaveCheckpointEnabled: undefined,
  isLogThroughputEnabled: undefined,
  trainingMetadata: undefined,
}

/**
 * Records a workload in OneLogger's words: to be told of everything that happens to it, from `task-started` to
 * `task-ended`. Never throws: what goes wrong in it is told to the exporters once, and ends the record.
 */
export const recordWorkloadTraining = (
  options: WorkloadTrainingOptions,
): ((moment: WorkloadMoment) => void) => {
  const { recorder, isExact = false, clock = systemClock } = options
  const settings: TrainingSettings = { ...nothingKnown, ...options.known }
  const reading: WorkloadReading = { isExact, savesBeside: settings.checkpointStrategy === 'async' }
  const { perform } = createPerformer(recorder)
  let workload = noWorkload
  let training = noTraining
  let isOver = false

  const take = (moment: WorkloadMoment) => {
    const now: Timestamp = { wallMs: clock.now().getTime(), monotonicMs: clock.monotonicMs() }
    const mapped = fromWorkload(workload, moment, now, reading)
    workload = mapped.state
    for (const callback of mapped.callbacks) {
      const step = advance(training, callback, settings)
      training = step.state
      const at = callback.at === now ? undefined : new Date(callback.at.wallMs)
      for (const record of step.records) perform(record, at)
    }
  }
  const giveUp = (error: unknown) => {
    isOver = true
    try {
      recorder.telemetryDataError(`the training could not be recorded: ${messageOf(error)}`)
    } catch {
      // a record that cannot be written cannot say so either
    }
  }
  return (moment) => {
    if (isOver) return
    try {
      take(moment)
      isOver = moment.type === 'task-ended'
    } catch (error) {
      giveUp(error)
    }
  }
}
