import type { Filter } from '../recorder.ts'

/**
 * The spans of a training, by OneLogger's own names; one of them is written in capitals there too.
 *
 * @see https://github.com/NVIDIA/nv-one-logger, 2.3.1, training_telemetry/api/spans.py
 */
export const trainingSpans = {
  application: 'application',
  trainingLoop: 'training_loop',
  validationLoop: 'validation_loop',
  testingLoop: 'testing_loop',
  distributedInit: 'distributed_code_initialization',
  dataloaderInit: 'data_loader_initialization',
  modelInit: 'model_initialization',
  optimizerInit: 'optimizer_initialization',
  checkpointLoad: 'checkpoint_load',
  checkpointSaveSync: 'checkpoint_save_sync',
  checkpointSaveAsync: 'checkpoint_save_async',
  checkpointSaveFinalization: 'checkpoint_save_finalization',
  trainingSingleIteration: 'training_single_iteration',
  validationSingleIteration: 'validation_single_iteration',
  testingSingleIteration: 'TESTING_SINGLE_ITERATION',
  dataLoading: 'data_loading',
  modelForward: 'model_forward',
  zeroGrad: 'zero_grad',
  modelBackward: 'model_backward',
  optimizerUpdate: 'optimizer_update',
} as const

export type TrainingSpan = (typeof trainingSpans)[keyof typeof trainingSpans]

/** The events of a training, by OneLogger's own names. */
export const trainingEvents = {
  initialization: 'one_logger_initialization',
  configUpdate: 'update_training_telemetry_config',
  trainingMetrics: 'training_metrics_update',
  validationMetrics: 'validation_metrics_update',
  testingMetrics: 'testing_metrics_update',
  saveCheckpointSuccess: 'save_checkpoint_success',
  syncCheckpointMetrics: 'sync_checkpoint_metrics_update',
} as const

export type TrainingEvent = (typeof trainingEvents)[keyof typeof trainingEvents]

/** Spans so short and so many that they are worth sending to a profiler only. */
export const frequentSpans: readonly TrainingSpan[] = [
  trainingSpans.trainingSingleIteration,
  trainingSpans.validationSingleIteration,
  trainingSpans.testingSingleIteration,
  trainingSpans.dataLoading,
  trainingSpans.modelForward,
  trainingSpans.zeroGrad,
  trainingSpans.modelBackward,
  trainingSpans.optimizerUpdate,
]

/** What OneLogger exports unless told otherwise: everything but {@link frequentSpans}. */
export const trainingFilter: Filter = { deny: frequentSpans }
