import type { TrainingState } from '../workload-events.ts'

/** How far a training is, and when that was seen. What is not known is undefined. */
export interface TrainerProgress extends Pick<TrainingState, 'percent' | 'metrics'> {
  /** Seconds until the training will probably have ended. */
  readonly timeToGoSeconds: number | undefined
}

/** The limits of the TrainJob's schema, and of the `int32` that its numbers are. */
const mostMetrics = 256
const longestText = 64
const largestInt32 = 2 ** 31 - 1

const whole = (value: number | undefined, round: (value: number) => number, most: number) =>
  value === undefined || Number.isNaN(value) ? undefined : Math.min(most, Math.max(0, round(value)))

/** By bytes and as JSON, which is never less than the schema's characters: so 256 of them stay far below 64 KiB. */
const fits = (name: string) =>
  name !== '' && Buffer.byteLength(name) <= longestText && JSON.stringify(name).length <= longestText + 2

const metricsOf = (metrics: TrainerProgress['metrics']) =>
  Object.entries(metrics)
    .flatMap(([name, value]) => (value !== undefined && fits(name) ? [{ name, value: String(value) }] : []))
    .slice(0, mostMetrics)

/**
 * What is posted to a TrainJob's status endpoint, as JSON. Percent is rounded down, so that 100 means the end; a metric
 * whose name the TrainJob would refuse is left out, as one of them would spoil the whole request.
 *
 * @param seenAt - when the training was that far
 * @see `UpdateTrainJobStatusRequest`, kubeflow/trainer v2.3.0 `pkg/apis/trainer/v1alpha1/trainjob_types.go`, and KEP-2779
 */
export const statusBody = ({ percent, timeToGoSeconds, metrics }: TrainerProgress, seenAt: Date): string => {
  const listed = metricsOf(metrics)
  return JSON.stringify({
    trainerStatus: {
      // what is undefined is not in the JSON
      progressPercentage: whole(percent, Math.floor, 100),
      estimatedRemainingSeconds: whole(timeToGoSeconds, Math.ceil, largestInt32),
      ...(listed.length > 0 && { metrics: listed }),
      lastUpdatedTime: seenAt.toISOString(),
    },
  })
}
