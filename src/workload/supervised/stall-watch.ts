import type { Clock } from '../../clock.ts'
import type { TrainingView } from '../workload.ts'

export interface StallWatchOptions {
  /** Longest time without progress, in milliseconds. */
  readonly limitMs: number
  readonly training: TrainingView
  /** Monotonic milliseconds of the last output of the command. */
  readonly lastOutputMs: () => number
  /** Whether a checkpoint is being written, which takes as long as it takes. */
  readonly isSaving: () => boolean
  readonly clock: Clock
  /** Called once. */
  readonly onStall: (stalledMs: number) => void
}

const longestPauseMs = 5_000

/** A look that is so much too late had no process to be made by. */
const suspendedMs = 2_000

/**
 * Watches over progress: a process that lives may still be wedged, and burn GPU hours until somebody looks.
 *
 * As long as a training has never told of its progress, its output counts. Returns what ends the watch.
 */
export const watchForStall = (options: StallWatchOptions): (() => void) => {
  const { limitMs, training, lastOutputMs, isSaving, clock, onStall } = options
  let savedMs = Number.NEGATIVE_INFINITY
  let cancel = () => {}
  let dueMs = clock.monotonicMs()
  const look = () => {
    const nowMs = clock.monotonicMs()
    // who was suspended (Ctrl-Z, docker pause) has not stalled
    const wasSuspended = nowMs - dueMs > suspendedMs
    if (wasSuspended || isSaving()) savedMs = nowMs
    const silentMs = training.hasAdvanced() ? Number.POSITIVE_INFINITY : nowMs - lastOutputMs()
    const stalledMs = Math.min(training.ageMs(), silentMs, nowMs - savedMs)
    if (stalledMs >= limitMs) return onStall(stalledMs)
    const pauseMs = Math.min(longestPauseMs, Math.max(50, limitMs - stalledMs))
    dueMs = nowMs + pauseMs
    cancel = clock.after(pauseMs, look)
  }
  look()
  return () => cancel()
}
