import { type AttributeSource, defaultBuckets, type Instrument, type Mapping } from './mapping.ts'
import type { Pointer } from './pointer.ts'

export interface SeedFormOptions {
  /**
   * `job`: `job_id`, `model_name` and `dataset`. `seed`: the five that the form's authors ask for, `job.id`, `model.name`,
   * `dataset`, `epoch` and `batch`, so that each record has its own series, and ends those of the last.
   *
   * @default 'job'
   */
  readonly attributes?: 'job' | 'seed'
  /** Batches in an epoch. @default learnt, as the largest that was seen */
  readonly batchesPerEpoch?: number
  /** Other numbers beside the known ones become gauges. @default false */
  readonly unknown?: boolean
}

const metadata = (name: string): Pointer => `/job_metadata/${name}`
const measured = (name: string): Pointer => `/training_metrics/${name}`

const attributeSets: Readonly<Record<'job' | 'seed', Readonly<Record<string, AttributeSource>>>> = {
  job: {
    job_id: metadata('job_id'),
    model_name: metadata('model_name'),
    dataset: metadata('dataset'),
  },
  seed: {
    'job.id': metadata('job_id'),
    'model.name': metadata('model_name'),
    dataset: metadata('dataset'),
    epoch: measured('epoch'),
    batch: measured('batch_number'),
  },
}

/** Samples a second, from a large model on one card to a small one on many. */
const rateBuckets = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000]

/** Units are empty: with one, Prometheus would put it into the name, and `…_ms` become `…_ms_milliseconds`. */
const unit = ''

const gauge = (field: string, name: string, description: string): Instrument => ({
  type: 'gauge',
  from: measured(field),
  name: `ml.training.${name}`,
  unit,
  description,
})

/** The built-in form: what the metrics file of the sidecar challenge has, and `taskbeat simulate` writes. */
export const seedForm = ({
  attributes = 'job',
  batchesPerEpoch,
  unknown = false,
}: SeedFormOptions = {}): Mapping => ({
  timestamp: '/timestamp',
  startTime: metadata('start_time'),
  attributes: attributeSets[attributes],
  instruments: [
    gauge('training_loss', 'loss', 'Loss on the training data'),
    gauge('validation_loss', 'validation_loss', 'Loss on the validation data'),
    gauge('accuracy', 'accuracy', 'Accuracy, from 0 to 1'),
    gauge('learning_rate', 'learning_rate', 'Learning rate'),
    gauge('gpu_utilization', 'gpu_utilization', 'Utilization of the GPU, from 0 to 1'),
    gauge('epoch', 'current_epoch', 'The epoch that the training is in'),
    gauge('batch_number', 'current_batch', 'The batch of its epoch that the training is at'),
    {
      type: 'counter',
      from: measured('batch_number'),
      name: 'ml.training.batch_number',
      unit,
      description: 'Batches of all epochs of this run',
      perEpoch: { epoch: measured('epoch'), ...(batchesPerEpoch !== undefined && { size: batchesPerEpoch }) },
      isStep: true,
    },
    {
      type: 'counter',
      from: measured('epoch'),
      name: 'ml.training.epoch',
      unit,
      description: 'Epochs that this run has begun',
    },
    {
      type: 'histogram',
      from: measured('processing_time_ms'),
      name: 'ml.training.processing_time_ms',
      unit,
      description: 'Time that a batch took, in milliseconds; of the batches that were seen',
      buckets: defaultBuckets,
    },
    {
      type: 'histogram',
      from: measured('samples_per_second'),
      name: 'ml.training.samples_per_second',
      unit,
      description: 'Samples that were trained in a second; of the batches that were seen',
      buckets: rateBuckets,
    },
  ],
  ...(unknown && { unknown: { under: '/training_metrics', prefix: 'ml.training' } }),
})
