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
  notReady: 'task container is not ready as progress file is not created',
  maxRunTime: 'task execution time exceeds the limit',
  brokenStream: 'EOF',
  // in the words of gRPC for Java, which the worker logs when it closes the stream
  messageTooLarge: 'rpc error: code = ResourceExhausted desc = gRPC message exceeds maximum size 10485760',
} as const

/** Which rule a document broke: stable, and one for each of the worker's refusals. */
export type WorkerRule =
  | 'missing-file'
  | 'malformed'
  | 'timestamp'
  | 'stale'
  | 'task-id'
  | 'percent-range'
  | 'percent-decreased'
  | 'name-length'
  | 'name-prefix'
  | 'name-characters'
  | 'name-repeated'

/** What is wrong, and in which words the worker says so. */
export interface Fault {
  readonly rule: WorkerRule
  readonly error: string
}

/** The task is ERRORED; `error` is in the worker's words. */
export type Errored = Fault & { readonly outcome: 'errored' }

export const refuse = (rule: WorkerRule, error: string): Errored => ({ outcome: 'errored', rule, error })
