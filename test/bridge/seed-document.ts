import type { JsonObject } from '../../src/json.ts'

/** The sample of the form's authors. */
export const sample = {
  timestamp: '2024-10-22T10:30:00Z',
  job_metadata: {
    job_id: 'training-job-123',
    model_name: 'resnet-50',
    dataset: 'imagenet',
    start_time: '2024-10-22T10:00:00Z',
  },
  training_metrics: {
    epoch: 5,
    batch_number: 150,
    training_loss: 0.342,
    validation_loss: 0.389,
    accuracy: 0.876,
    learning_rate: 0.001,
    gpu_utilization: 0.94,
    processing_time_ms: 245,
    samples_per_second: 156.2,
  },
} as const

export interface Change {
  readonly timestamp?: unknown
  readonly job?: Readonly<Record<string, unknown>>
  readonly metrics?: Readonly<Record<string, unknown>>
}

/** The sample as of the start of its job, with some of it changed; what is changed to undefined is not there. */
export const documentWith = ({
  timestamp = sample.job_metadata.start_time,
  job = {},
  metrics = {},
}: Change): JsonObject => {
  const present = (fields: object) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return {
    timestamp,
    job_metadata: present({ ...sample.job_metadata, ...job }),
    training_metrics: present({ ...sample.training_metrics, ...metrics }),
  } as JsonObject
}
