import { type Context, type Span, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api'
import type { SpanEndedEvent, SpanStartedEvent } from '../workload-events.ts'
import { type Ignore, withinLimit } from './ignored.ts'
import type { RecordedSpan } from './record.ts'

/** Spans of a workload that may be open at the same time: 10 MB. */
export const mostOpenSpans = 10_000

const fail = (span: Span, message: string) => span.setStatus({ code: SpanStatusCode.ERROR, message })

/** The spans that a workload starts and ends by ids of its own, in the task or in one another. */
export const createWorkloadSpans = (tracer: Tracer, inTask: Context, ignore: Ignore) => {
  const open = new Map<string, Span>()

  return {
    started: (
      { at, id, name, parentId, rank, attributes }: SpanStartedEvent,
      recorded?: RecordedSpan,
    ): void => {
      const namesake = open.get(id)
      if (namesake) {
        fail(namesake, 'a span of the same id started before it ended').end(at)
        open.delete(id)
      }
      if (open.size >= mostOpenSpans) {
        ignore('span.count', name)
        return
      }
      if (recorded) {
        // its end has nothing to do here
        const { traceId, spanId } = recorded
        open.set(id, trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.SAMPLED }))
        return
      }
      const parent = parentId === undefined ? undefined : open.get(parentId)
      const own = withinLimit(attributes, name, ignore)
      const all = rank === undefined ? own : { ...own, 'taskbeat.rank': rank }
      const options = { attributes: all, startTime: at }
      open.set(id, tracer.startSpan(name, options, parent ? trace.setSpan(inTask, parent) : inTask))
    },
    ended: ({ at, id, error, attributes }: SpanEndedEvent): void => {
      const span = open.get(id)
      if (!span) {
        ignore('span.end', id)
        return
      }
      open.delete(id)
      span.setAttributes(attributes)
      if (error !== undefined) fail(span, error)
      span.end(at)
    },
    /** Ends what is open: its end will not be told any more. */
    abandon: (): void => {
      for (const span of open.values()) fail(span, 'the process ended before the span did').end()
      open.clear()
    },
  }
}
