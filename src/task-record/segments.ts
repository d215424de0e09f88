import { type Attributes, type Context, type Span, type Tracer, trace } from '@opentelemetry/api'
import type { Clock } from '../clock.ts'

/** No segment lasts longer: a span is invisible until it ends, and lost if the process dies before. */
export const longestSegmentMs = 300_000

/** Cuts a task into spans, so that much of it is visible while it runs, and after it was killed. */
export interface Segments {
  /** The context of the open segment, else of the task. */
  readonly here: () => Context
  /** The same, but activity begins a segment if none is open. */
  readonly active: () => Context
  /** Begins a segment; the open one ends. */
  readonly begin: () => void
  readonly end: () => void
}

export interface SegmentsOptions {
  readonly tracer: Tracer
  readonly inTask: Context
  readonly clock: Clock
  /** What is known of a segment at its end. */
  readonly describe: () => Attributes
}

export const createSegments = ({ tracer, inTask, clock, describe }: SegmentsOptions): Segments => {
  let open: { readonly span: Span; readonly context: Context; readonly stopTimer: () => void } | undefined
  let isActive = false

  const end = () => {
    if (!open) return
    open.stopTimer()
    open.span.setAttributes(describe())
    open.span.end()
    open = undefined
  }
  const begin = () => {
    end()
    const span = tracer.startSpan('taskbeat.segment', {}, inTask)
    open = { span, context: trace.setSpan(inTask, span), stopTimer: clock.after(longestSegmentMs, cut) }
    isActive = false
    return open
  }
  // a training that hangs ends its segment, and has no other until it goes on
  const cut = () => (isActive ? begin() : end())

  return {
    here: () => open?.context ?? inTask,
    active: () => {
      const { context } = open ?? begin()
      isActive = true
      return context
    },
    begin,
    end,
  }
}
