import { freshUntilMs, look, nextLookMs, startWorker, type WorkerEvent } from '../worker.ts'
import type { TimelineCase } from './case.ts'
import { formatGoDuration } from './go-duration.ts'
import { fillInTimes } from './placeholders.ts'
import type { Sent, Verdict } from './verdict.ts'

/**
 * Judges what a whole worker makes of a file whose text changes with time.
 *
 * Polls and timers that would find nothing new are left out: a year of silence costs no more than a minute.
 *
 * @param startMs - when the worker began, in milliseconds since 1970
 */
export const judgeTimeline = (
  { taskId, strategy, mode, timeline, untilMs }: TimelineCase,
  startMs: number,
): Verdict => {
  const endMs = startMs + untilMs
  const sent: Sent[] = []
  let worker = startWorker({ taskId, strategy, mode }, startMs)
  let changes = 0
  let text: string | undefined
  let nowMs = -Infinity
  // the worker has seen the text as it is, and until then it tells nothing new
  let quietUntilMs = -Infinity
  // its polls and timers before this time were left out
  let settledMs = -Infinity

  for (;;) {
    const change = timeline[changes]
    const changeMs = change === undefined ? Infinity : startMs + change.atMs
    const nextMs = nextLookMs(worker, Math.max(settledMs, Math.min(quietUntilMs, changeMs)))
    if (nextMs === undefined) break
    // what waited for retries to end is due since long
    const lookMs = Math.max(nextMs, nowMs)
    const isChange = change !== undefined && changeMs <= lookMs
    const atMs = isChange ? changeMs : lookMs
    if (atMs > endMs) break
    nowMs = atMs
    settledMs = Math.max(settledMs, Math.min(quietUntilMs, atMs))
    if (isChange) {
      changes++
      text = change.document === null ? undefined : fillInTimes(change.document, changeMs)
      quietUntilMs = Math.min(quietUntilMs, changeMs)
    }
    const step = look(worker, { cause: isChange ? 'event' : 'tick', atMs, text })
    // an event that the worker did not look at leaves its own next look as it is
    if (!isChange || step.worker !== worker) quietUntilMs = freshUntilMs(step.worker)
    worker = step.worker
    for (const event of step.happened) {
      if (event.type === 'sent') sent.push({ at: formatGoDuration(atMs - startMs), ...event.result })
      const end = endOf(event)
      if (end !== undefined) {
        return {
          outcome: end.outcome,
          atDocument: changes === 0 ? null : changes - 1,
          atTime: formatGoDuration(atMs - startMs),
          error: end.error,
          sent,
        }
      }
    }
  }
  return { outcome: 'running', atDocument: null, error: null, sent }
}

const endOf = (event: WorkerEvent): Pick<Verdict, 'outcome' | 'error'> | undefined => {
  if (event.type === 'completed') return { outcome: 'completed', error: null }
  return event.type === 'errored' ? { outcome: 'errored', error: event.error } : undefined
}
