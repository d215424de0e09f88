/** The percentage that ends the task: the worker reads nothing after it. */
export const COMPLETE_PERCENT = 100

/** Longest name the worker accepts, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 190

/**
 * Age of `lastUpdatedAt`, in milliseconds, beyond which the worker ends the task (5 minutes).
 *
 * In poll mode every poll looks at it, in watch mode only a timer of the same period.
 *
 * @see NVIDIA/nvcf worker-task `configs/configs.go`, `PROGRESS_UPDATE_TIMEOUT`
 */
export const STALE_AFTER_MS = 5 * 60_000

/** The limit, in milliseconds, that NVIDIA's documentation states for the same (3 minutes). */
export const DOCUMENTED_STALE_AFTER_MS = 3 * 60_000

/** Time, in milliseconds, between two looks at the file in poll mode, and for its first appearance in both. */
export const POLL_INTERVAL_MS = 5_000

/** Time, in milliseconds, that a task has to bring its file into being (2 hours). */
export const READY_TIMEOUT_MS = 2 * 60 * 60_000

/** How often the worker reads a missing or malformed file again before it believes what it saw. */
export const READ_RETRIES = 10

/** Time, in milliseconds, between two such readings. */
export const READ_RETRY_INTERVAL_MS = 50

/**
 * Largest message, in bytes, that the control plane takes from the worker (10 MiB). A state whose metadata
 * exceeds it ends the task.
 *
 * @see NVIDIA/nvcf cloud-tasks `nvct-service/src/main/resources/application.yaml`, `max-inbound-message-size`
 */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024

/** Largest metadata that taskbeat writes, in bytes as the worker re-encodes them (8 MiB). */
export const MAX_METADATA_BYTES = 8 * 1024 * 1024

/** How long, in milliseconds, the worker tries to send a state over a stream that is broken (30 seconds). */
export const SEND_RETRY_MS = 30_000

/**
 * How long, in milliseconds, the worker sends over one stream without a message before it opens another (50
 * seconds). A broken stream that is older harms nobody.
 *
 * @see NVIDIA/nvcf `src/libraries/go/worker/nvct/result.go`
 */
export const STREAM_IDLE_MS = 50_000

/** In poll mode a maximum run time of up to this, in milliseconds, makes the worker look twice in it (5 minutes). */
export const SHORT_RUN_TIME_MS = 5 * 60_000
