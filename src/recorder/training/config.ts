import type { AttributeValue } from '../attributes.ts'

/**
 * What a training is, beside what happens in it. The names are OneLogger's, without `_or_fn`.
 *
 * @see https://github.com/NVIDIA/nv-one-logger, 2.3.1, api/config.py and training_telemetry/api/config.py
 */
export interface TrainingValues {
  /** Processes that train together, one a GPU. Integer of at least 1. */
  readonly worldSize: number
  /** The same for all jobs that work on one task, such as the attempts of a run. */
  readonly sessionTag: string
  /** Whether others are to be compared with this one. @default false */
  readonly isBaselineRun: boolean
  /** Of this process. @default the variable RANK, else 0 */
  readonly rank: number
  /** @default the name of this machine */
  readonly nodeName: string
  /** What else is to be known of the application: as `name:value` on `one_logger_initialization`. */
  readonly customMetadata: Readonly<Record<string, AttributeValue>>
  /** @default '1.0.0' */
  readonly summaryDataSchemaVersion: string
  /** Of what records: on `one_logger_initialization`. */
  readonly telemetryVersion: string
  /** Whether this process records; false: every callback does nothing. @default true */
  readonly enableForCurrentRank: boolean

  /** The same for trainings whose performance may be compared. */
  readonly perfTag: string | readonly string[]
  /** Samples of one iteration, all processes together. Integer of at least 1. */
  readonly globalBatchSize: number
  /** Integer of at least 1. */
  readonly microBatchSize: number
  /** Tokens of a sample. Integer of at least 1. */
  readonly seqLength: number
  /** Floating point operations for one sample. */
  readonly flopsPerSample: number
  /** Integer of at least 1. */
  readonly trainIterationsTarget: number
  /** Integer of at least 1. */
  readonly trainSamplesTarget: number
  /** Iterations from one `training_metrics_update` to the next. @default 50 */
  readonly logEveryNTrainIterations: number
  /** Whether the training waits for its checkpoints. @default 'sync' */
  readonly checkpointStrategy: 'sync' | 'async'
  /** False: neither spans of iterations nor `training_metrics_update`. @default true */
  readonly isTrainIterationsEnabled: boolean
  /** False: neither spans of iterations nor `validation_metrics_update`. @default true */
  readonly isValidationIterationsEnabled: boolean
  /** False: no `testing_metrics_update`. @default true */
  readonly isTestIterationsEnabled: boolean
  /** False: spans of saves without attributes, and no events of theirs. @default true */
  readonly isSaveCheckpointEnabled: boolean
  /** Needs `flopsPerSample`. @default false */
  readonly isLogThroughputEnabled: boolean
  /** What else is to be known of the training: as `name:value` on `update_training_telemetry_config`. */
  readonly trainingMetadata: Readonly<Record<string, AttributeValue>>
}

/** Values, or functions that are asked each time that the value is needed. */
export type TrainingFields = {
  readonly [K in keyof TrainingValues]?: TrainingValues[K] | (() => TrainingValues[K])
}

/**
 * `perfTag` and `globalBatchSize` have to be known when the training loop starts, and with them all else; until then
 * `updateTrainingConfig` may add what is missing.
 */
export type TrainingConfig = TrainingFields & Required<Pick<TrainingFields, 'worldSize' | 'sessionTag'>>

/** What `updateTrainingConfig` may add: what was not known when the application started. */
export type TrainingConfigUpdate = Omit<
  TrainingFields,
  | 'worldSize'
  | 'sessionTag'
  | 'isBaselineRun'
  | 'rank'
  | 'nodeName'
  | 'customMetadata'
  | 'summaryDataSchemaVersion'
  | 'telemetryVersion'
  | 'enableForCurrentRank'
>

/** The configuration as it is now. What is not known is undefined. */
export type TrainingSettings = { readonly [K in keyof TrainingValues]: TrainingValues[K] | undefined }

/** Whether all is there that a training loop needs. */
export const isComplete = (fields: Pick<TrainingFields, 'perfTag' | 'globalBatchSize'> | TrainingSettings) =>
  fields.perfTag !== undefined && fields.globalBatchSize !== undefined
