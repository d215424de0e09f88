import {
  type Judgement,
  judgeEvent,
  judgeFirstSight,
  judgePoll,
  judgeTimer,
  type ProgressRead,
  READ_RETRIES,
  READ_RETRY_INTERVAL_MS,
  readProgress,
  type SentResult,
  WORKER_ERRORS,
} from '../../progress/contract.ts'
import { sendResult } from './result-stream.ts'
import { endWith, type Look, type Monitoring, type Reading, type Step } from './state.ts'

/** What the worker does with one look at a file that it has found. */
export const monitor = (worker: Monitoring, look: Look): Step => {
  const { limits, retry, wokenMs, tickMs, mode } = worker
  const { cause, atMs, text } = look
  const ownTime = cause === 'tick'
  // the run time is watched beside all the rest, so it does not wait for retries
  if (atMs >= worker.readyMs + limits.maxRunTimeMs) {
    return endWith(outOfTime)
  }
  if (!ownTime && (mode === 'poll' || text === undefined)) return { worker, happened: [] }
  if (retry !== undefined) {
    if (ownTime) return atMs < retry.atMs ? { worker, happened: [] } : read(worker, retry, look)
    return { worker: { ...worker, wokenMs: wokenMs ?? atMs }, happened: [] }
  }
  if (!ownTime || wokenMs !== undefined) {
    return read({ ...worker, wokenMs: undefined }, { purpose: 'event', failures: 0 }, look)
  }
  if (atMs < tickMs) return { worker, happened: [] }
  const purpose = mode === 'poll' ? 'poll' : 'timer'
  return read({ ...worker, tickMs: nextTick(worker, atMs) }, { purpose, failures: 0 }, look)
}

/** The first time after `atMs` in the rhythm of the ticks. What was missed is left out. */
const nextTick = ({ tickMs, limits }: Monitoring, atMs: number): number =>
  tickMs + (Math.floor((atMs - tickMs) / limits.tickMs) + 1) * limits.tickMs

/** One attempt to read the file: for what it says, or, if it cannot be read, for another attempt. */
export const read = (
  worker: Monitoring,
  { purpose, failures, left }: Reading,
  { atMs, text }: Look,
): Step => {
  const seen = readProgress(text, left)
  if ('fault' in seen && failures < READ_RETRIES) {
    const retry = {
      purpose,
      failures: failures + 1,
      atMs: atMs + READ_RETRY_INTERVAL_MS,
      ...(seen.left && { left: seen.left }),
    }
    return { worker: { ...worker, retry, lastUpdatedAt: undefined }, happened: [{ type: 'unreadable' }] }
  }
  // read over what a bad document has left, the same text may say something else the next time
  const lastUpdatedAt = 'fault' in seen || left ? undefined : seen.document.lastUpdatedAt
  const judgement = judge(worker, { purpose, text, seen, atMs })
  const after: Monitoring = { ...worker, retry: undefined, lastUpdatedAt }
  if (judgement.outcome === 'errored') {
    return endWith({ type: 'errored', error: judgement.error, rule: judgement.rule })
  }
  if (judgement.outcome === 'ignored') {
    const isHeartbeat = purpose !== 'timer' && !('fault' in seen)
    return { worker: after, happened: isHeartbeat ? [{ type: 'ignored' }] : [] }
  }
  const view = 'view' in judgement ? judgement.view : worker.view
  return send({ ...after, view }, { result: judgement.result, atMs, textLength: text?.length ?? 0 })
}

interface Seen {
  readonly purpose: Reading['purpose']
  readonly text: string | undefined
  readonly seen: ProgressRead
  readonly atMs: number
}

const judge = ({ view, limits, readyMs }: Monitoring, { purpose, text, seen, atMs }: Seen): Judgement => {
  const look = { text, read: seen, nowMs: atMs, staleAfterMs: limits.staleMs }
  switch (purpose) {
    case 'first-sight':
      return judgeFirstSight({ ...look, view })
    case 'event':
      // a file that was there, and went before it was read, is missing
      return 'fault' in seen ? seen.fault : judgeEvent({ ...look, view })
    case 'poll':
      return judgePoll({ ...look, view })
    case 'timer':
      // its 2 hours are the platform's own, so the time scale shortens them
      return judgeTimer({ ...look, watchedMs: (atMs - readyMs) * limits.timeScale })
  }
}

const send = (
  worker: Monitoring,
  { result, atMs, textLength }: { result: SentResult; atMs: number; textLength: number },
): Step => {
  const { view, stream, limits, readyMs } = worker
  const delivery = sendResult(stream, {
    result,
    view,
    textLength,
    atMs,
    streamIdleMs: limits.streamIdleMs,
  })
  const isLast = result.status === 'COMPLETED'
  switch (delivery.outcome) {
    case 'stuck': {
      const runEndMs = readyMs + limits.maxRunTimeMs
      return { worker: { phase: 'stuck', endMs: atMs + limits.sendRetryMs, runEndMs }, happened: [] }
    }
    case 'lost':
      // the worker ends well, and the control plane never hears of it
      return isLast
        ? endWith({ type: 'lost', result }, tooLarge(WORKER_ERRORS.messageTooLarge))
        : { worker: { ...worker, stream: delivery.stream }, happened: [{ type: 'lost', result }] }
    case 'sent':
      return isLast
        ? endWith({ type: 'sent', result }, { type: 'completed' })
        : { worker: { ...worker, stream: delivery.stream }, happened: [{ type: 'sent', result }] }
  }
}

/** The end of a task whose run time is over. */
export const outOfTime = { type: 'errored', error: WORKER_ERRORS.maxRunTime, rule: 'max-run-time' } as const

/** The end of a task whose result was larger than the control plane takes. */
export const tooLarge = (error: string) => ({ type: 'errored', error, rule: 'message-too-large' }) as const
