import type { JsonObject } from '../../json.ts'
import type { ProgressDocument } from './document.ts'
import { decodeDocument } from './go-json.ts'
import { sortMembers } from './json-object.ts'
import { COMPLETE_PERCENT, MAX_NAME_BYTES, READY_TIMEOUT_MS, STALE_AFTER_MS } from './limits.ts'
import { parseRfc3339 } from './rfc3339.ts'

/** What becomes of results: `UPLOAD` sends each named directory to the registry, `NONE` keeps nothing. */
export type ResultStrategy = 'UPLOAD' | 'NONE'

/** How the worker looks at the file: woken by each change (container tasks) or every 5 s (Helm tasks). */
export type WatchMode = 'watch' | 'poll'

/**
 * The worker's own words for what it refuses. The API shows them after `user actionable error: ` or
 * `internal error: `.
 *
 * @see NVIDIA/nvcf worker-task `internal/types/errors.go`
 */
export const WORKER_ERRORS = {
  missingFile: 'missing progress file from task container',
  malformed: 'invalid schema of progress file',
  timestamp: 'invalid timestamp format, require ISO8601',
  stale: "no update for 'lastUpdatedAt' field in progress file",
  taskId: 'task ID in progress file does not match task ID returned by NVCT',
  percentRange: 'invalid percentComplete. Only integers from 1 to 100 are allowed',
  percentDecrease: 'invalid value of percentComplete. Progress cannot decrease from previous reported value',
  nameLength: 'the name key length must be between 1 and 190 characters',
  namePrefix: "the name key must not start with './' or '../'",
  nameCharacters: "invalid characters found in the name key. Only alphanumeric and !-_.*'() are allowed",
  nameRepeated: 'duplicate name key between consecutive progress updates',
} as const

/** All that the worker remembers between two documents. */
export interface WorkerView {
  /** Id of the task it watches. */
  readonly taskId: string
  readonly strategy: ResultStrategy
  /** Name of the state it sent last; "" before the first. */
  readonly lastName: string
  /** Percentage of the state it sent last, an integer from 1 to 99; 0 before the first. */
  readonly lastPercentComplete: number
}

/** What the worker reports to the control plane. */
export interface SentResult {
  readonly name: string
  /** An integer from 1 to 100. */
  readonly percentComplete: number
  readonly status: 'IN_PROGRESS' | 'COMPLETED'
  /**
   * As the worker re-encodes it: numbers as float64, keys in the order of their UTF-8 bytes, save that
   * JavaScript puts keys like `"10"` first. Compare by value, which ignores order.
   */
  readonly metadata: JsonObject
}

/** Nothing to report, such as a heartbeat: the view stays as it is. */
export type Ignored = { readonly outcome: 'ignored' }

/** The task is ERRORED; `error` is in the worker's words. */
export type Errored = { readonly outcome: 'errored'; readonly error: string }

/** What the worker makes of one look at the file. */
export type Judgement =
  | Ignored
  | Errored
  /** A new state; later documents are judged with `view`. */
  | { readonly outcome: 'sent'; readonly result: SentResult; readonly view: WorkerView }
  /** 100 was accepted: the task is COMPLETED and nothing is read any more. */
  | { readonly outcome: 'completed'; readonly result: SentResult }

const IGNORED: Ignored = { outcome: 'ignored' }

const refuse = (error: string): Errored => ({ outcome: 'errored', error })

/** The view of a worker that has sent nothing yet. */
export const startView = ({ taskId, strategy }: Pick<WorkerView, 'taskId' | 'strategy'>): WorkerView => ({
  taskId,
  strategy,
  lastName: '',
  lastPercentComplete: 0,
})

/**
 * Judges what one document says, whatever its age. Uploads are taken to succeed.
 *
 * @see NVIDIA/nvcf worker-task `internal/progress/progress.go`, `sendProgressUpdate`
 */
export const judgeDocument = ({
  view,
  document,
}: {
  view: WorkerView
  document: ProgressDocument
}): Judgement => {
  const { taskId, name, percentComplete } = document
  // The order is the worker's: it decides which of several faults is reported.
  if (taskId !== '' && taskId !== view.taskId) {
    return refuse(`taskId '${taskId}' is invalid: ${WORKER_ERRORS.taskId}`)
  }
  if (parseRfc3339(document.lastUpdatedAt) === undefined) return refuse(WORKER_ERRORS.timestamp)
  if (name === view.lastName && percentComplete === view.lastPercentComplete) return IGNORED

  const percentFault = findPercentFault({ percentComplete, lastPercentComplete: view.lastPercentComplete })
  if (percentFault !== undefined) {
    return refuse(`percentComplete '${percentComplete}' is invalid: ${percentFault}`)
  }
  const nameFault = view.strategy === 'UPLOAD' ? findNameFault({ name, lastName: view.lastName }) : undefined
  if (nameFault !== undefined) return refuse(`result name: '${name}' is invalid: ${nameFault}`)

  const sent = { name, percentComplete, metadata: sortMembers(document.metadata) }
  return percentComplete === COMPLETE_PERCENT
    ? { outcome: 'completed', result: { ...sent, status: 'COMPLETED' } }
    : {
        outcome: 'sent',
        result: { ...sent, status: 'IN_PROGRESS' },
        view: { ...view, lastName: name, lastPercentComplete: percentComplete },
      }
}

/**
 * Judges how old a document is, and nothing else. At 100 % age does not matter; a time in the future passes.
 *
 * @param nowMs - the worker's clock: whole milliseconds since 1970
 * @param staleAfterMs - @default 300000 (5 minutes)
 * @see NVIDIA/nvcf worker-task `internal/progress/progress.go`, `checkProgressLastUpdateTime`
 */
export const judgeAge = ({
  document,
  nowMs,
  staleAfterMs = STALE_AFTER_MS,
}: {
  document: ProgressDocument
  nowMs: number
  staleAfterMs?: number
}): Ignored | Errored => {
  const updatedMs = parseRfc3339(document.lastUpdatedAt)
  if (updatedMs === undefined) return refuse(WORKER_ERRORS.timestamp)
  const isStale = nowMs - updatedMs > staleAfterMs && document.percentComplete !== COMPLETE_PERCENT
  return isStale ? refuse(WORKER_ERRORS.stale) : IGNORED
}

/**
 * Watch mode: judges what the worker finds when it begins to watch. A text it cannot decode is ignored,
 * until the next event or the timer; every other fault counts at once.
 *
 * @param text - undefined: the file is gone again
 */
export const judgeFirstSight = ({
  view,
  text,
}: {
  view: WorkerView
  text: string | undefined
}): Judgement => {
  const decoded = decodeFile(text)
  return 'fault' in decoded ? IGNORED : judgeDocument({ view, document: decoded.document })
}

/**
 * Watch mode: judges one event: the file was created or changed.
 *
 * @param text - undefined: the file was removed, which wakes nobody
 */
export const judgeEvent = ({ view, text }: { view: WorkerView; text: string | undefined }): Judgement => {
  if (text === undefined) return IGNORED
  const decoded = decodeFile(text)
  return 'fault' in decoded ? decoded.fault : judgeDocument({ view, document: decoded.document })
}

/**
 * Watch mode: judges what the timer of 5 minutes finds: whether there is a document, and its age.
 *
 * @param text - undefined: the file is absent, which is forgiven for the first 2 hours
 * @param nowMs - the worker's clock: whole milliseconds since 1970
 * @param watchedMs - how long the worker has been watching, in milliseconds, when it gives up reading (that
 *   is after its retries, which take half a second)
 */
export const judgeTimer = ({
  text,
  nowMs,
  watchedMs,
  staleAfterMs = STALE_AFTER_MS,
}: {
  text: string | undefined
  nowMs: number
  watchedMs: number
  staleAfterMs?: number
}): Ignored | Errored => {
  const decoded = decodeFile(text)
  if ('fault' in decoded) {
    return text === undefined && watchedMs <= READY_TIMEOUT_MS ? IGNORED : decoded.fault
  }
  return judgeAge({ document: decoded.document, nowMs, staleAfterMs })
}

/**
 * Poll mode: judges one poll: is there a document, how old is it, what does it say.
 *
 * @param text - undefined: the file is absent
 * @param nowMs - the worker's clock: whole milliseconds since 1970
 */
export const judgePoll = ({
  view,
  text,
  nowMs,
  staleAfterMs = STALE_AFTER_MS,
}: {
  view: WorkerView
  text: string | undefined
  nowMs: number
  staleAfterMs?: number
}): Judgement => {
  const decoded = decodeFile(text)
  if ('fault' in decoded) return decoded.fault
  const { document } = decoded
  const age = judgeAge({ document, nowMs, staleAfterMs })
  return age.outcome === 'errored' ? age : judgeDocument({ view, document })
}

type DecodedFile = { readonly document: ProgressDocument } | { readonly fault: Errored }

const decodeFile = (text: string | undefined): DecodedFile => {
  if (text === undefined) return { fault: refuse(WORKER_ERRORS.missingFile) }
  const decoded = decodeDocument(text)
  return decoded.ok ? decoded : { fault: refuse(WORKER_ERRORS.malformed) }
}

const findPercentFault = ({
  percentComplete,
  lastPercentComplete,
}: {
  percentComplete: number
  lastPercentComplete: number
}): string | undefined => {
  if (percentComplete === 0 || percentComplete > COMPLETE_PERCENT) return WORKER_ERRORS.percentRange
  return percentComplete < lastPercentComplete ? WORKER_ERRORS.percentDecrease : undefined
}

const findNameFault = ({ name, lastName }: { name: string; lastName: string }): string | undefined => {
  if (name === '' || Buffer.byteLength(name) > MAX_NAME_BYTES) return WORKER_ERRORS.nameLength
  if (/^\.\.?\//.test(name)) return WORKER_ERRORS.namePrefix
  if (!/^[a-zA-Z0-9!_\-.*'()]+$/.test(name)) return WORKER_ERRORS.nameCharacters
  return name === lastName ? WORKER_ERRORS.nameRepeated : undefined
}
