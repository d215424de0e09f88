import type { ProgressDocument } from './document.ts'
import { decodeDocument } from './go-json.ts'
import { READY_TIMEOUT_MS, STALE_AFTER_MS } from './limits.ts'
import { type Errored, refuse, WORKER_ERRORS } from './refusal.ts'
import { type Ignored, type Judgement, judgeAge, judgeDocument, type WorkerView } from './worker-rules.ts'

/** What reading the file gives: a document, or why the worker reads again, and in the end gives up. */
export type ProgressRead =
  | { readonly document: ProgressDocument }
  | { readonly fault: Errored; readonly left?: ProgressDocument }

const IGNORED: Ignored = { outcome: 'ignored' }

/**
 * Reads a progress file's text.
 *
 * @param text - undefined: the file is absent
 * @param left - `left` of the attempt before, if this one is a retry
 */
export const readProgress = (text: string | undefined, left?: ProgressDocument): ProgressRead => {
  if (text === undefined) {
    return { fault: refuse('missing-file', WORKER_ERRORS.missingFile), ...(left && { left }) }
  }
  const decoded = decodeDocument(text, left)
  if (decoded.ok) return decoded
  const fault = refuse('malformed', WORKER_ERRORS.malformed)
  return { fault, ...(decoded.left && { left: decoded.left }) }
}

/** One look at the file. */
interface Look {
  /** What the file says; undefined: there is none. */
  readonly text: string | undefined
  /** The same, for those who have read it already. @default readProgress(text) */
  readonly read?: ProgressRead
}

/**
 * Watch mode: judges what the worker finds when it begins to watch. A text it cannot decode is ignored,
 * until the next event or the timer; every other fault counts at once.
 */
export const judgeFirstSight = ({
  view,
  text,
  read = readProgress(text),
}: Look & { view: WorkerView }): Judgement =>
  'fault' in read ? IGNORED : judgeDocument({ view, document: read.document })

/**
 * Watch mode: judges one event: the file was created or changed. That it was removed wakes nobody.
 */
export const judgeEvent = ({
  view,
  text,
  read = readProgress(text),
}: Look & { view: WorkerView }): Judgement => {
  if (text === undefined) return IGNORED
  return 'fault' in read ? read.fault : judgeDocument({ view, document: read.document })
}

/**
 * Watch mode: judges what the timer of 5 minutes finds: whether there is a document, and its age. A file that
 * is absent is forgiven for the first 2 hours.
 *
 * @param nowMs - the worker's clock: milliseconds since 1970
 * @param watchedMs - how long the worker has been watching, in milliseconds, when it gives up reading (that
 *   is after its retries, which take half a second)
 */
export const judgeTimer = ({
  text,
  read = readProgress(text),
  nowMs,
  watchedMs,
  staleAfterMs = STALE_AFTER_MS,
}: Look & { nowMs: number; watchedMs: number; staleAfterMs?: number }): Ignored | Errored => {
  if ('fault' in read) {
    return text === undefined && watchedMs <= READY_TIMEOUT_MS ? IGNORED : read.fault
  }
  return judgeAge({ document: read.document, nowMs, staleAfterMs })
}

/**
 * Poll mode: judges one poll: is there a document, how old is it, what does it say.
 *
 * @param nowMs - the worker's clock: milliseconds since 1970
 */
export const judgePoll = ({
  view,
  text,
  read = readProgress(text),
  nowMs,
  staleAfterMs = STALE_AFTER_MS,
}: Look & { view: WorkerView; nowMs: number; staleAfterMs?: number }): Judgement => {
  if ('fault' in read) return read.fault
  const { document } = read
  const age = judgeAge({ document, nowMs, staleAfterMs })
  return age.outcome === 'errored' ? age : judgeDocument({ view, document })
}
