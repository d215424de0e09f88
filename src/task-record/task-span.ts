import {
  type Context,
  context,
  type Link,
  type Span,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { parseTraceparent, type TaskTrace } from '../trace-context.ts'
import type { Attributes } from '../workload-events.ts'

export interface TaskSpanOptions {
  /** The ids that the workload was told; the SDK was started with the same. */
  readonly trace?: TaskTrace | undefined
  /** `traceparent` of the task's span in the previous attempt. */
  readonly previous?: string | undefined
  /** When the task started, if not now. */
  readonly startedAt?: Date | undefined
  readonly attributes: Attributes
}

export interface TaskSpan {
  readonly span: Span
  readonly inTask: Context
}

const parentContext = (taskTrace: TaskTrace | undefined): Context => {
  if (taskTrace?.parentSpanId === undefined) return context.active()
  // sampled, whatever the parent was: as the task's own traceparent says
  const parent = {
    traceId: taskTrace.traceId,
    spanId: taskTrace.parentSpanId,
    traceFlags: TraceFlags.SAMPLED,
  }
  return trace.setSpanContext(context.active(), { ...parent, isRemote: true })
}

const linkTo = (previous: string | undefined): Link[] => {
  const parsed = previous === undefined ? undefined : parseTraceparent(previous)
  if (!parsed) return []
  const { traceId, spanId, sampled } = parsed
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return [
    {
      context: { traceId, spanId, traceFlags, isRemote: true },
      attributes: { 'taskbeat.link': 'previous_attempt' },
    },
  ]
}

/**
 * Starts the span of a task. It must be the first span that the SDK starts, which has the ids that were told.
 *
 * Where no spans are sent its context has these ids all the same, so that log records name the trace that the
 * workload's own spans are part of.
 */
export const startTaskSpan = (tracer: Tracer, options: TaskSpanOptions): TaskSpan => {
  const { trace: taskTrace, previous, startedAt, attributes } = options
  const parent = parentContext(taskTrace)
  const span = tracer.startSpan(
    'taskbeat.task',
    { attributes, links: linkTo(previous), ...(startedAt && { startTime: startedAt }) },
    parent,
  )
  if (!taskTrace || span.isRecording() || span.spanContext().spanId === taskTrace.spanId)
    return { span, inTask: trace.setSpan(parent, span) }
  const { traceId, spanId } = taskTrace
  return { span, inTask: trace.setSpanContext(parent, { traceId, spanId, traceFlags: TraceFlags.SAMPLED }) }
}
