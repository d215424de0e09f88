import type { JsonObject } from '../../json.ts'
import type { ProgressDocument } from './document.ts'
import { sortMembers } from './json-object.ts'
import { COMPLETE_PERCENT, MAX_NAME_BYTES, STALE_AFTER_MS } from './limits.ts'
import { type Errored, type Fault, refuse, WORKER_ERRORS } from './refusal.ts'
import { parseRfc3339 } from './rfc3339.ts'

/** What becomes of results: `UPLOAD` sends each named directory to the registry, `NONE` keeps nothing. */
export type ResultStrategy = 'UPLOAD' | 'NONE'

/** How the worker looks at the file: woken by each change (container tasks) or every 5 s (Helm tasks). */
export type WatchMode = 'watch' | 'poll'

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

/** What the worker makes of one look at the file. */
export type Judgement =
  | Ignored
  | Errored
  /** A new state; later documents are judged with `view`. */
  | { readonly outcome: 'sent'; readonly result: SentResult; readonly view: WorkerView }
  /** 100 was accepted: the task is COMPLETED and nothing is read any more. */
  | { readonly outcome: 'completed'; readonly result: SentResult }

const IGNORED: Ignored = { outcome: 'ignored' }

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
    return refuse('task-id', `taskId '${taskId}' is invalid: ${WORKER_ERRORS.taskId}`)
  }
  if (parseRfc3339(document.lastUpdatedAt) === undefined) return refuse('timestamp', WORKER_ERRORS.timestamp)
  if (name === view.lastName && percentComplete === view.lastPercentComplete) return IGNORED

  const percentFault = findPercentFault({ percentComplete, lastPercentComplete: view.lastPercentComplete })
  if (percentFault !== undefined) {
    return refuse(percentFault.rule, `percentComplete '${percentComplete}' is invalid: ${percentFault.error}`)
  }
  const nameFault = view.strategy === 'UPLOAD' ? findNameFault({ name, lastName: view.lastName }) : undefined
  if (nameFault !== undefined)
    return refuse(nameFault.rule, `result name: '${name}' is invalid: ${nameFault.error}`)

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
  if (updatedMs === undefined) return refuse('timestamp', WORKER_ERRORS.timestamp)
  const isStale = nowMs - updatedMs > staleAfterMs && document.percentComplete !== COMPLETE_PERCENT
  return isStale ? refuse('stale', WORKER_ERRORS.stale) : IGNORED
}

const findPercentFault = ({
  percentComplete,
  lastPercentComplete,
}: {
  percentComplete: number
  lastPercentComplete: number
}): Fault | undefined => {
  if (percentComplete === 0 || percentComplete > COMPLETE_PERCENT) {
    return { rule: 'percent-range', error: WORKER_ERRORS.percentRange }
  }
  return percentComplete < lastPercentComplete
    ? { rule: 'percent-decreased', error: WORKER_ERRORS.percentDecrease }
    : undefined
}

const findNameFault = ({ name, lastName }: { name: string; lastName: string }): Fault | undefined => {
  if (name === '' || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    return { rule: 'name-length', error: WORKER_ERRORS.nameLength }
  }
  if (/^\.\.?\//.test(name)) return { rule: 'name-prefix', error: WORKER_ERRORS.namePrefix }
  if (!/^[a-zA-Z0-9!_\-.*'()]+$/.test(name)) {
    return { rule: 'name-characters', error: WORKER_ERRORS.nameCharacters }
  }
  return name === lastName ? { rule: 'name-repeated', error: WORKER_ERRORS.nameRepeated } : undefined
}
