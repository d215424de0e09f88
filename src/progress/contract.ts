/**
 * The platform's contract for the progress file, as pure functions: the worker's rules, by which a file is
 * judged, and our own stricter ones, by which it is written. Facts come from NVIDIA's open-source worker.
 *
 * @see NVIDIA/nvcf worker-task `internal/progress/progress.go`, commit fadc0f81
 * @module
 */

export type { ProgressDocument } from './contract/document.ts'
export { type DecodedDocument, decodeDocument } from './contract/go-json.ts'
export {
  COMPLETE_PERCENT,
  DOCUMENTED_STALE_AFTER_MS,
  MAX_MESSAGE_BYTES,
  MAX_METADATA_BYTES,
  MAX_NAME_BYTES,
  POLL_INTERVAL_MS,
  READ_RETRIES,
  READ_RETRY_INTERVAL_MS,
  READY_TIMEOUT_MS,
  SEND_RETRY_MS,
  SHORT_RUN_TIME_MS,
  STALE_AFTER_MS,
  STREAM_IDLE_MS,
} from './contract/limits.ts'
export {
  judgeEvent,
  judgeFirstSight,
  judgePoll,
  judgeTimer,
  type ProgressRead,
  readProgress,
} from './contract/looks.ts'
export { type Errored, WORKER_ERRORS, type WorkerRule } from './contract/refusal.ts'
export { parseRfc3339 } from './contract/rfc3339.ts'
export {
  type Ignored,
  type Judgement,
  judgeAge,
  judgeDocument,
  type ResultStrategy,
  type SentResult,
  startView,
  type WatchMode,
  type WorkerView,
} from './contract/worker-rules.ts'
export { checkMetadata, checkName, checkPercent } from './contract/writing-rules.ts'
