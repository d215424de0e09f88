import type { Settings } from '../settings.ts'
import { newTaskTrace, type TaskTrace } from '../trace-context.ts'
import type { Destinations } from './signals.ts'

/** The ids of a task's span, for those who send spans, or log records, which name them also where no spans are sent. */
export const taskTraceOf = (
  { outerTraceparent }: Pick<Settings, 'outerTraceparent'>,
  { traces, logs }: Destinations,
): TaskTrace | undefined => (traces.length + logs.length > 0 ? newTaskTrace(outerTraceparent) : undefined)
