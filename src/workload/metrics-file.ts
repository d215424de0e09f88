import { dirname } from 'node:path'
import type { Clock } from '../clock.ts'
import { makeDirectory } from '../make-directory.ts'
import { writeWhole } from '../whole-file.ts'

/**
 * The metrics document that a training job rewrites for a sidecar to read.
 *
 * Where the training has diverged, values are null: JSON has no NaN.
 */
export interface MetricsDocument {
  /** RFC 3339, UTC. */
  readonly timestamp: string
  readonly job_metadata: {
    readonly job_id: string
    readonly model_name: string
    readonly dataset: string
    readonly start_time: string
  }
  readonly training_metrics: {
    readonly epoch: number
    /** From 1 in each epoch. */
    readonly batch_number: number
    readonly training_loss: number
    readonly validation_loss: number
    /** From 0 to 1. */
    readonly accuracy: number
    readonly learning_rate: number
    /** From 0 to 1. */
    readonly gpu_utilization: number
    readonly processing_time_ms: number
    readonly samples_per_second: number
  }
}

export interface MetricsFileOptions {
  readonly path: string
  readonly intervalMs: number
  readonly clock: Clock
  /** The document as it is now; undefined before the first step. */
  readonly current: () => MetricsDocument | undefined
  /** Told of the first write that failed; later ones are tried all the same. */
  readonly onTrouble: (error: unknown) => void
}

/** Rewrites the file now and in every interval, whole each time; the returned function writes it once more and ends. */
export const startMetricsFile = (options: MetricsFileOptions): (() => Promise<void>) => {
  const { path, intervalMs, clock, current, onTrouble } = options
  let hasFailed = false
  let cancel = () => {}
  const write = async () => {
    const document = current()
    if (document === undefined) return
    try {
      makeDirectory(dirname(path))
      await writeWhole(path, `${JSON.stringify(document, null, 2)}\n`)
    } catch (error) {
      if (!hasFailed) onTrouble(error)
      hasFailed = true
    }
  }
  let underWay = write()
  const turn = () => {
    underWay = underWay.then(write)
    cancel = clock.after(intervalMs, turn)
  }
  cancel = clock.after(intervalMs, turn)
  return async () => {
    cancel()
    await underWay
    await write()
  }
}
