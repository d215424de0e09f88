import {
  type Attributes,
  type Context,
  context,
  logs,
  metrics,
  SeverityNumber,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

/** What is recorded of one training step. */
export interface StepFacts {
  readonly step: number
  readonly epoch: number
  readonly metrics: {
    readonly loss: number
    readonly learningRate: number
    readonly samplesPerSecond: number
  }
}

/** What is recorded of one checkpoint. */
export interface CheckpointFacts {
  readonly name: string
  readonly percentComplete: number
  readonly step: number
  readonly epoch: number
  readonly startedAt: Date
  readonly endedAt: Date
  readonly sizeBytes: number
  readonly files: readonly FileFacts[]
}

export interface FileFacts {
  readonly path: string
  readonly sizeBytes: number
  readonly blockBytes: number
  readonly startedAt: Date
  readonly endedAt: Date
}

export type Severity = 'INFO' | 'WARN' | 'ERROR'

/** Turns what happens in a task into spans, metrics and log records. */
export interface TaskRecord {
  readonly epochStarted: (epoch: number) => void
  readonly step: (facts: StepFacts) => void
  readonly checkpointSaved: (facts: CheckpointFacts) => void
  readonly message: (severity: Severity, text: string) => void
  /** Ends all spans; nothing may be recorded after it. */
  readonly ended: (severity: Severity, text: string, attributes: Attributes) => void
}

/** Scope, metric and span names of NVIDIA's sample, kept for the dashboards that were built on it. */
const sampleScope = 'byoo'

const createInstruments = () => {
  const sample = metrics.getMeter(sampleScope)
  const ours = metrics.getMeter('taskbeat')
  return {
    results: sample.createCounter('task_results_count', { description: 'Total task request', unit: '1' }),
    progress: sample.createGauge('task_progress_gauge', {
      description: 'Task completion percentage',
      unit: '%',
    }),
    steps: ours.createCounter('taskbeat.training.steps', { description: 'Steps trained', unit: '{step}' }),
    loss: ours.createGauge('taskbeat.training.loss', {
      description: 'Training loss of the last step',
      unit: '1',
    }),
    learningRate: ours.createGauge('taskbeat.training.learning_rate', {
      description: 'Learning rate of the last step',
      unit: '1',
    }),
    throughput: ours.createGauge('taskbeat.training.throughput', {
      description: 'Samples trained per second',
      unit: '{sample}/s',
    }),
    checkpointDuration: ours.createHistogram('taskbeat.checkpoint.duration', {
      description: 'Time to write a checkpoint',
      unit: 's',
    }),
    checkpointSize: ours.createGauge('taskbeat.checkpoint.size', {
      description: 'Size of the last checkpoint',
      unit: 'By',
    }),
  }
}

/** Starts recording; the SDK must be running. A task whose telemetry is off records into the API's void. */
export const startTaskRecord = (workload: string): TaskRecord => {
  const tracer = trace.getTracer('taskbeat')
  const sampleTracer = trace.getTracer(sampleScope)
  const logger = logs.getLogger('taskbeat')
  const instruments = createInstruments()

  const task = tracer.startSpan('taskbeat.task', { attributes: { 'taskbeat.workload': workload } })
  const inTask = trace.setSpan(context.active(), task)
  let segment: Span | undefined
  let lastStep = 0

  const emit = (
    severity: Severity,
    text: string,
    where: Context,
    eventName: string,
    attributes: Attributes = {},
  ) =>
    logger.emit({
      severityNumber: SeverityNumber[severity],
      severityText: severity,
      body: text,
      eventName,
      attributes,
      context: where,
    })
  const here = () => (segment ? trace.setSpan(inTask, segment) : inTask)
  // a span is invisible until it ends, and is lost if the process dies: so the run is cut into segments
  const endSegment = () => {
    segment?.setAttribute('taskbeat.step.last', lastStep)
    segment?.end()
    segment = undefined
  }

  const recordFile = ({ path, sizeBytes, blockBytes, startedAt, endedAt }: FileFacts, parent: Context) => {
    const remainderBytes = sizeBytes % blockBytes
    const attributes = {
      'file.name': path,
      'file.size_bytes': sizeBytes,
      'file.full_blocks': Math.floor(sizeBytes / blockBytes),
      ...(remainderBytes > 0 && { 'file.remainder_bytes': remainderBytes }),
    }
    sampleTracer.startSpan('create_file', { attributes, startTime: startedAt }, parent).end(endedAt)
  }

  emit('INFO', `task started: ${workload}`, inTask, 'taskbeat.task.started')
  return {
    epochStarted: (epoch) => {
      endSegment()
      segment = tracer.startSpan('taskbeat.segment', { attributes: { 'taskbeat.epoch': epoch } }, inTask)
    },
    step: ({ step, metrics: { loss, learningRate, samplesPerSecond } }) => {
      lastStep = step
      instruments.steps.add(1)
      instruments.loss.record(loss)
      instruments.learningRate.record(learningRate)
      instruments.throughput.record(samplesPerSecond)
    },
    checkpointSaved: ({ name, percentComplete, step, epoch, startedAt, endedAt, sizeBytes, files }) => {
      const attributes = { 'taskbeat.checkpoint': name, 'taskbeat.step': step, 'taskbeat.epoch': epoch }
      const span = tracer.startSpan('taskbeat.checkpoint', { attributes, startTime: startedAt }, here())
      const inCheckpoint = trace.setSpan(inTask, span)
      for (const file of files) recordFile(file, inCheckpoint)
      instruments.results.add(1)
      instruments.progress.record(percentComplete)
      instruments.checkpointDuration.record((endedAt.getTime() - startedAt.getTime()) / 1_000)
      instruments.checkpointSize.record(sizeBytes)
      const text = `Output result: ${name}, task progress: ${percentComplete}%`
      emit('INFO', text, inCheckpoint, 'taskbeat.checkpoint.saved', {
        ...attributes,
        'taskbeat.checkpoint.size': sizeBytes,
      })
      span.end(endedAt)
      endSegment()
    },
    message: (severity, text) => emit(severity, text, here(), 'taskbeat.message'),
    ended: (severity, text, attributes) => {
      endSegment()
      emit(severity, text, inTask, 'taskbeat.task.ended', attributes)
      task.setAttributes(attributes)
      if (severity === 'ERROR') task.setStatus({ code: SpanStatusCode.ERROR, message: text })
      task.end()
    },
  }
}
