import {
  POLL_INTERVAL_MS,
  READY_TIMEOUT_MS,
  type ResultStrategy,
  SEND_RETRY_MS,
  SHORT_RUN_TIME_MS,
  STALE_AFTER_MS,
  STREAM_IDLE_MS,
  type WatchMode,
} from '../../progress/contract.ts'

/** Which task the worker watches, and how. */
export interface WorkerOptions {
  readonly taskId: string
  readonly strategy: ResultStrategy
  readonly mode: WatchMode
  /**
   * Divides the platform's own limits: the looks every 5 seconds, age and timer of 5 minutes, the 2 hours until
   * the file must be there, the run time. Retries of an unreadable file stay as they are: how long a write takes
   * does not depend on it.
   *
   * @default 1
   */
  readonly timeScale?: number
  /** The task's maximum run time in milliseconds, not yet divided. Absent: it may run for ever. */
  readonly maxRunTimeMs?: number
}

/** The worker's limits, in milliseconds, already divided by the time scale. */
export interface Limits {
  readonly timeScale: number
  /** Between two looks for a file that is not there yet. */
  readonly seekMs: number
  readonly readyMs: number
  /** Between two looks by the clock once the file is there: the timer of watch mode, or the polls. */
  readonly tickMs: number
  readonly staleMs: number
  readonly maxRunTimeMs: number
  readonly sendRetryMs: number
  readonly streamIdleMs: number
}

/**
 * @see NVIDIA/nvcf worker-task `configs/configs.go`; nvca `internal/miniservice/mutate.go`, which halves a short
 *   run time for the polls
 */
export const limitsOf = ({ mode, timeScale = 1, maxRunTimeMs = Infinity }: WorkerOptions): Limits => {
  const pollMs = maxRunTimeMs <= SHORT_RUN_TIME_MS ? maxRunTimeMs / 2 : POLL_INTERVAL_MS
  return {
    timeScale,
    seekMs: POLL_INTERVAL_MS / timeScale,
    readyMs: READY_TIMEOUT_MS / timeScale,
    tickMs: (mode === 'poll' ? pollMs : STALE_AFTER_MS) / timeScale,
    staleMs: STALE_AFTER_MS / timeScale,
    maxRunTimeMs: maxRunTimeMs / timeScale,
    sendRetryMs: SEND_RETRY_MS / timeScale,
    streamIdleMs: STREAM_IDLE_MS / timeScale,
  }
}
