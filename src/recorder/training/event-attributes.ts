import type { Attributes, AttributeValue } from '../attributes.ts'
import type { SaveSuccess } from './callbacks.ts'
import type { TrainingSettings } from './config.ts'
import { averageSec, type Durations } from './durations.ts'
import { onlyKnown } from './records.ts'
import type { TrainingState } from './state.ts'

const flattened = (metadata: Readonly<Record<string, AttributeValue>> | undefined) =>
  metadata && Object.entries(metadata).map(([name, value]) => `${name}:${value}`)

/** Of `one_logger_initialization`. */
export const initializationAttributes = (settings: TrainingSettings): Attributes =>
  onlyKnown({
    world_size: settings.worldSize,
    one_logger_training_telemetry_version: settings.telemetryVersion,
    enable_for_current_rank: settings.enableForCurrentRank,
    session_tag: settings.sessionTag,
    is_baseline_run: settings.isBaselineRun,
    summary_data_schema_version: settings.summaryDataSchemaVersion,
    node_name: settings.nodeName,
    rank: settings.rank,
    custom_metadata: flattened(settings.customMetadata),
  })

/** Of `update_training_telemetry_config`. */
export const configAttributes = (settings: TrainingSettings): Attributes =>
  onlyKnown({
    perf_tag: settings.perfTag,
    global_batch_size: settings.globalBatchSize,
    log_every_n_train_iterations: settings.logEveryNTrainIterations,
    micro_batch_size: settings.microBatchSize,
    seq_length: settings.seqLength,
    flops_per_sample: settings.flopsPerSample,
    train_iterations_target: settings.trainIterationsTarget,
    train_samples_target: settings.trainSamplesTarget,
    checkpoint_strategy: settings.checkpointStrategy,
    is_train_iterations_enabled: settings.isTrainIterationsEnabled,
    is_validation_iterations_enabled: settings.isValidationIterationsEnabled,
    is_test_iterations_enabled: settings.isTestIterationsEnabled,
    is_save_checkpoint_enabled: settings.isSaveCheckpointEnabled,
    is_log_throughput_enabled: settings.isLogThroughputEnabled,
    custom_metadata: flattened(settings.trainingMetadata),
  })

/** `avg_iteration_time_sec` and its like; nothing before the first iteration. */
const iterationTimes = (durations: Durations, prefix = ''): Record<string, number | undefined> =>
  durations.count === 0
    ? {}
    : {
        [`${prefix}avg_iteration_time_sec`]: averageSec(durations),
        [`${prefix}min_iteration_time_sec`]: durations.minSec,
        [`${prefix}max_iteration_time_sec`]: durations.maxSec,
        [`${prefix}total_iteration_time_sec`]: durations.totalSec,
      }

/** The number of the iteration that was done last: they are counted from 0. */
const currentIteration = ({ completed }: TrainingState) => Math.max(0, completed - 1)

/** 10^12 a second; undefined if it took no time. */
export const tflopsPerGpu = (flops: number, seconds: number, worldSize: number): number | undefined =>
  seconds > 0 ? flops / (seconds * 1e12 * worldSize) : undefined

/** Of `training_metrics_update`. */
export const trainingMetricsAttributes = (state: TrainingState, settings: TrainingSettings): Attributes => {
  const { iterations, interval, ownFlops, ownTokens, tflopsPerGpu: extremes } = state
  const { totalSec } = iterations
  const { worldSize } = settings
  return onlyKnown({
    train_iterations_start: state.start?.iterations,
    current_iteration: currentIteration(state),
    num_iterations: iterations.count,
    train_samples_start: state.start?.samples,
    num_train_samples: state.ownSamples,
    interval: interval.count,
    ...iterationTimes(iterations),
    ...iterationTimes(interval, 'interval_'),
    train_tokens: ownTokens,
    avg_tokens_per_second: ownTokens === undefined || totalSec === 0 ? undefined : ownTokens / totalSec,
    latest_loss: state.latestLoss,
    completed_floating_point_operations_overall: state.flops,
    total_flops: ownFlops,
    train_throughput_per_gpu:
      ownFlops === undefined || worldSize === undefined
        ? undefined
        : tflopsPerGpu(ownFlops, totalSec, worldSize),
    train_throughput_per_gpu_max: extremes?.max,
    train_throughput_per_gpu_min: extremes?.min,
    first_logged_train_iterations_finish_timestamp_sec: state.firstDoneSec,
    last_logged_train_iterations_finish_timestamp_sec: state.latestDoneSec,
  })
}

/** Of `validation_metrics_update`. */
export const validationMetricsAttributes = (state: TrainingState): Attributes =>
  onlyKnown({
    current_iteration: currentIteration(state),
    interval: state.sinceValidation,
    ...iterationTimes(state.validation),
    ...iterationTimes(state.validationLoop, 'interval_'),
  })

/** Of `testing_metrics_update`. */
export const testingMetricsAttributes = (state: TrainingState): Attributes => ({
  current_iteration: currentIteration(state),
  interval: state.sinceTesting,
})

/** Of `save_checkpoint_success`. */
export const saveSuccessAttributes = (
  { saves, trainStartSec }: TrainingState,
  { step, sizeBytes, directory }: SaveSuccess,
  { checkpointStrategy }: TrainingSettings,
): Attributes =>
  onlyKnown({
    checkpoint_strategy: checkpointStrategy,
    current_iteration: step,
    first_successful_save_checkpoint_timestamp_sec: saves.firstSuccessSec,
    latest_successful_save_checkpoint_timestamp_sec: saves.latestSuccessSec,
    save_checkpoint_success_count: saves.successes,
    productive_train_iterations: saves.productive.iterations,
    productive_train_samples: saves.productive.samples,
    productive_train_iterations_sec: saves.productive.iterationsSec,
    productive_validation_iterations_sec: saves.productive.validationSec,
    productive_train_tflops: saves.productive.tflops,
    checkpoint_size: sizeBytes,
    checkpoint_directory: directory,
    training_start_timestamp_sec: trainStartSec,
  })

/** Of `sync_checkpoint_metrics_update`. */
export const saveTimesAttributes = (saveTimes: Durations): Attributes =>
  onlyKnown({
    save_checkpoint_sync_time_total_sec: saveTimes.totalSec,
    save_checkpoint_sync_time_min_sec: saveTimes.minSec,
    save_checkpoint_sync_time_max_sec: saveTimes.maxSec,
    save_checkpoint_sync_time_avg_sec: averageSec(saveTimes),
    save_checkpoint_sync_time_count: saveTimes.count,
  })
