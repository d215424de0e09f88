import { type Context, type Meter, type Tracer, trace } from '@opentelemetry/api'
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

const createInstruments = (ours: Meter, sample: Meter) => ({
  results: sample.createCounter('task_results_count', { description: 'Total task request', unit: '1' }),
  progress: sample.createGauge('task_progress_gauge', {
    description: 'Task completion percentage',
    unit: '%',
  }),
  duration: ours.createHistogram('taskbeat.checkpoint.duration', {
    description: 'Time to write a checkpoint',
    unit: 's',
  }),
  size: ours.createGauge('taskbeat.checkpoint.size', {
    description: 'Size of the last checkpoint',
    unit: 'By',
  }),
})

export interface CheckpointRecordOptions {
  readonly tracer: Tracer
  readonly meter: Meter
  /** With the scope, and for the names, of NVIDIA's sample. */
  readonly sample: { readonly tracer: Tracer; readonly meter: Meter }
  readonly log: (text: string, where: Context, attributes: Attributes) => void
}

/** Records what was saved, as part of what `where` is the context of. */
export const createCheckpointRecord = ({ tracer, meter, sample, log }: CheckpointRecordOptions) => {
  const instruments = createInstruments(meter, sample.meter)

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
      const options = { attributes: fileAttributes(file), startTime: file.startedAt }
      sample.tracer.startSpan('create_file', options, inCheckpoint).end(file.endedAt)
    }
    instruments.results.add(1)
    instruments.progress.record(percentComplete)
    // the wall clock may have been set back meanwhile
    instruments.duration.record(Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1_000)
    instruments.size.record(sizeBytes)
    log(`Output result: ${name}, task progress: ${percentComplete}%`, inCheckpoint, {
      ...attributes,
      'taskbeat.checkpoint.size': sizeBytes,
    })
    span.end(endedAt)
  }
}
