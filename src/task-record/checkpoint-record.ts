import { type Context, type Tracer, trace } from '@opentelemetry/api'
import type { Instruments } from '../semconv/instruments.ts'
import type { Attributes, WrittenFile } from '../workload-events.ts'
import type { CheckpointFacts } from './record.ts'

const fileAttributes = ({ path, sizeBytes, blockBytes }: WrittenFile) => {
  const remainderBytes = sizeBytes % blockBytes
  return {
    'file.name': path,
    'file.size_bytes': sizeBytes,
    'file.full_blocks': Math.floor(sizeBytes / blockBytes),
    ...(remainderBytes > 0 && { 'file.remainder_bytes': remainderBytes }),
  }
}

export interface CheckpointRecordOptions {
  readonly tracer: Tracer
  readonly instruments: Instruments
  /** With the scope, and for the names, of NVIDIA's sample. */
  readonly sample: { readonly tracer: Tracer; readonly instruments: Instruments }
  readonly log: (text: string, where: Context, attributes: Attributes) => void
}

/** Records what was saved, as part of what `where` is the context of. */
export const createCheckpointRecord = ({ tracer, instruments, sample, log }: CheckpointRecordOptions) => {
  const results = sample.instruments.counter('task_results_count')
  const progress = sample.instruments.gauge('task_progress_gauge')
  const duration = instruments.histogram('taskbeat.checkpoint.duration')
  const lastSize = instruments.gauge('taskbeat.checkpoint.size')
  const saved = instruments.counter('taskbeat.training.checkpoints.saved')
  const sizes = instruments.histogram('taskbeat.training.checkpoint.size')

  return (facts: CheckpointFacts, where: Context): void => {
    const { name, percentComplete, step, epoch, startedAt, endedAt, sizeBytes, files = [] } = facts
    const attributes = {
      'taskbeat.checkpoint': name,
      ...(step !== undefined && { 'taskbeat.step': step }),
      ...(epoch !== undefined && { 'taskbeat.epoch': epoch }),
    }
    const span = tracer.startSpan('taskbeat.checkpoint', { attributes, startTime: startedAt }, where)
    const inCheckpoint = trace.setSpan(where, span)
    for (const file of files) {
      const own = { ...fileAttributes(file), 'taskbeat.checkpoint': name }
      const options = { attributes: own, startTime: file.startedAt }
      sample.tracer.startSpan('create_file', options, inCheckpoint).end(file.endedAt)
    }
    results.add(1)
    saved.add(1)
    progress.record(percentComplete)
    // the wall clock may have been set back meanwhile
    duration.record(Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1_000)
    lastSize.record(sizeBytes)
    sizes.record(sizeBytes)
    log(`Output result: ${name}, task progress: ${percentComplete}%`, inCheckpoint, {
      ...attributes,
      'taskbeat.checkpoint.size': sizeBytes,
    })
    span.end(endedAt)
  }
}
