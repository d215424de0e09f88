import { type Context, logs, metrics, SeverityNumber, SpanStatusCode, trace } from '@opentelemetry/api'
import { type Clock, systemClock } from '../clock.ts'
import { instrumentsOf, type NamePreset } from '../semconv/instruments.ts'
import { sampleScope, taskbeatScope, workloadScope } from '../telemetry/scopes.ts'
import { type TaskTrace, traceparentOf } from '../trace-context.ts'
import type { Attributes, PhaseEvent } from '../workload-events.ts'
import { createCheckpointRecord } from './checkpoint-record.ts'
import { createIgnore } from './ignored.ts'
import type { TaskReadings, TaskRecord } from './record.ts'
import { createSegments } from './segments.ts'
import { startTaskSpan } from './task-span.ts'
import { createTrainingMetrics, observeReadings } from './training-metrics.ts'
import { createWorkloadLogs } from './workload-logs.ts'
import { createWorkloadMetrics } from './workload-metrics.ts'
import { createWorkloadSpans } from './workload-spans.ts'

export interface TaskRecordOptions {
  /** The ids of the task's span, which the workload was told; `startTelemetry` was given the same. */
  readonly trace?: TaskTrace | undefined
  /** `traceparent` of the task's span in the previous attempt: its successor is linked to it. */
  readonly previous?: string | undefined
  readonly readings?: TaskReadings | undefined
  /** When the task started. @default now */
  readonly startedAt?: Date | undefined
  /** What else is known of the task: on its span, and on the record of its start. */
  readonly attributes?: Attributes | undefined
  /** Names of existing dashboards that its metrics are to have. @default none */
  readonly names?: readonly NamePreset[]
  readonly clock?: Clock
}

/** A log record of ours. */
interface Told {
  readonly severity: 'INFO' | 'WARN' | 'ERROR'
  readonly text: string
  readonly eventName: string
  readonly where: Context
  readonly more?: Attributes | undefined
  /** @default now */
  readonly at?: Date | undefined
}

/**
 * Starts recording through the API of OpenTelemetry; the SDK must be running, and must not have started a span yet.
 * What it is not running for is recorded into the API's void.
 */
export const startTaskRecord = (workload: string, options: TaskRecordOptions = {}): TaskRecord => {
  const { trace: taskTrace, previous, readings, startedAt, names = [], clock = systemClock } = options
  const tracer = trace.getTracer(taskbeatScope)
  const meter = metrics.getMeter(taskbeatScope)
  const logger = logs.getLogger(taskbeatScope)
  const attributes = { ...options.attributes, 'taskbeat.workload': workload }
  const { span: task, inTask } = startTaskSpan(tracer, { trace: taskTrace, previous, startedAt, attributes })

  const tell = ({ severity, text, eventName, where, more = {}, at }: Told) =>
    logger.emit({
      severityNumber: SeverityNumber[severity],
      severityText: severity,
      body: text,
      eventName,
      attributes: more,
      context: where,
      ...(at && { timestamp: at }),
    })

  let lastStep: number | undefined
  let epoch: number | undefined
  let hasDiverged = false
  const describe = () => ({
    ...(epoch !== undefined && { 'taskbeat.epoch': epoch }),
    ...(lastStep !== undefined && { 'taskbeat.step.last': lastStep }),
  })
  const segments = createSegments({ tracer, inTask, clock, describe })

  const workloadMeter = metrics.getMeter(workloadScope)
  const workloadLogger = logs.getLogger(workloadScope)
  const instruments = instrumentsOf(meter, names)
  const ignore = createIgnore(instruments, logger)
  const training = createTrainingMetrics(meter, instruments, ignore)
  const recordCheckpoint = createCheckpointRecord({
    tracer,
    instruments,
    sample: {
      tracer: trace.getTracer(sampleScope),
      instruments: instrumentsOf(metrics.getMeter(sampleScope)),
    },
    log: (text, where, more) =>
      tell({ severity: 'INFO', text, eventName: 'taskbeat.checkpoint.saved', where, more }),
  })
  const recordMetric = createWorkloadMetrics(workloadMeter, names, ignore)
  const spans = createWorkloadSpans(trace.getTracer(workloadScope), inTask, ignore)
  const { log, event, error } = createWorkloadLogs({
    logger: workloadLogger,
    instruments,
    active: segments.active,
    ignore,
  })
  const phaseDuration = instruments.histogram('taskbeat.phase.duration')
  if (readings) observeReadings(instruments, readings)

  const warnOfDivergence = (loss: number, where: Context) => {
    hasDiverged = true
    const text = `loss is ${loss}${lastStep === undefined ? '' : ` at step ${lastStep}`}`
    const more = lastStep === undefined ? {} : { 'taskbeat.step': lastStep }
    tell({ severity: 'WARN', text, eventName: 'taskbeat.training.diverged', where, more })
  }

  const recordPhase = ({
    name,
    startedAt: from,
    endedAt: to,
    attributes: more,
  }: Omit<PhaseEvent, 'type'>) => {
    const own = { 'taskbeat.phase': name }
    tracer.startSpan('taskbeat.phase', { attributes: { ...more, ...own }, startTime: from }, inTask).end(to)
    phaseDuration.record(Math.max(0, to.getTime() - from.getTime()) / 1_000, own)
  }

  tell({
    severity: 'INFO',
    text: `task started: ${workload}`,
    eventName: 'taskbeat.task.started',
    where: inTask,
    more: options.attributes,
    at: startedAt,
  })
  const { traceId, spanId } = trace.getSpanContext(inTask) ?? task.spanContext()
  return {
    traceparent: traceparentOf(traceId, spanId),
    epochStarted: (started) => {
      segments.end()
      epoch = started
      segments.begin()
    },
    progress: (state, told) => {
      const where = segments.active()
      lastStep = state.step ?? lastStep
      epoch = state.epoch ?? epoch
      training.record(state, told)
      const { loss } = state.metrics
      // backends drop a gauge that is no number, and show nothing
      if (loss !== undefined && !Number.isFinite(loss) && !hasDiverged) warnOfDivergence(loss, where)
    },
    checkpointSaved: (facts) => {
      const step = facts.step ?? lastStep
      const of = facts.epoch ?? epoch
      const known = { ...(step !== undefined && { step }), ...(of !== undefined && { epoch: of }) }
      recordCheckpoint({ ...facts, ...known }, segments.here())
      segments.end()
    },
    message: (severity, text) =>
      tell({ severity, text, eventName: 'taskbeat.message', where: segments.here() }),
    log,
    event,
    error,
    spanStarted: spans.started,
    spanEnded: spans.ended,
    metric: recordMetric,
    phase: recordPhase,
    ended: (severity, text, more) => {
      training.ended()
      spans.abandon()
      segments.end()
      tell({ severity, text, eventName: 'taskbeat.task.ended', where: inTask, more })
      task.setAttributes(more)
      task.addEvent('taskbeat.task.ended', { 'taskbeat.verdict': text })
      if (severity === 'ERROR') task.setStatus({ code: SpanStatusCode.ERROR, message: text })
      task.end()
    },
  }
}
