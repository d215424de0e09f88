/**
 * The platform's worker, which watches the progress file of a task, as a pure state machine: whoever drives it
 * reads the file and keeps the time. The rules are those of `progress/contract`; here is when they are applied.
 *
 * ```
 * seeking ─ file found ─▶ monitoring ─ 100, a fault, a limit ─▶ ended
 *    └──── 2 hours ────────▶ ended        └─ broken stream ─▶ stuck ─ 30 s ─▶ ended
 * ```
 *
 * All times are milliseconds since 1970, by one clock.
 *
 * @see NVIDIA/nvcf worker-task `internal/worker/worker.go`, `internal/progress/progress.go`, commit fadc0f81
 * @module
 */
import { parseRfc3339, startView, WORKER_ERRORS } from '../progress/contract.ts'
import { limitsOf, type WorkerOptions } from './worker/limits.ts'
import { monitor, outOfTime, read, tooLarge } from './worker/monitor.ts'
import { freshStream } from './worker/result-stream.ts'
import { endWith, type Look, type Monitoring, type Seeking, type Step, type Worker } from './worker/state.ts'

export { apiError } from './worker/api-error.ts'
export type { WorkerOptions } from './worker/limits.ts'
export type { EndRule, Look, Step, Worker, WorkerEvent } from './worker/state.ts'

/** A worker that has just begun: its first look for the file is due at once. */
export const startWorker = (options: WorkerOptions, atMs: number): Worker => ({
  phase: 'seeking',
  limits: limitsOf(options),
  view: startView(options),
  mode: options.mode,
  startedMs: atMs,
  nextMs: atMs,
})

/**
 * When it looks next by itself; undefined when it has ended. May be in the past: then it looks at once.
 *
 * @param quietUntilMs - leaves out polls and timers before this time: for who knows that they would find nothing
 *   new, see {@link freshUntilMs}
 */
export const nextLookMs = (worker: Worker, quietUntilMs = -Infinity): number | undefined => {
  switch (worker.phase) {
    case 'seeking':
      return worker.nextMs
    case 'monitoring': {
      const { retry, wokenMs, tickMs, limits, readyMs } = worker
      const skipped = Math.max(0, Math.ceil((quietUntilMs - tickMs) / limits.tickMs))
      const nextMs = retry?.atMs ?? wokenMs ?? tickMs + skipped * limits.tickMs
      return Math.min(nextMs, readyMs + limits.maxRunTimeMs)
    }
    case 'stuck':
      return Math.min(worker.endMs, worker.runEndMs)
    case 'ended':
      return undefined
  }
}

/**
 * Until when a file that stays as it was at the last look tells nothing new. In the past if that cannot be said,
 * such as for an unreadable one.
 */
export const freshUntilMs = (worker: Worker): number => {
  if (worker.phase !== 'monitoring' || worker.lastUpdatedAt === undefined) return -Infinity
  return (parseRfc3339(worker.lastUpdatedAt) ?? -Infinity) + worker.limits.staleMs
}

/**
 * One look at the file: by the clock, at {@link nextLookMs} or later, or because it was created or changed. A
 * look that the worker would not have made changes nothing.
 */
export const look = (worker: Worker, seen: Look): Step => {
  switch (worker.phase) {
    case 'seeking':
      return seek(worker, seen)
    case 'monitoring':
      return monitor(worker, seen)
    case 'stuck':
      if (seen.atMs >= worker.runEndMs) return endWith(outOfTime)
      return seen.atMs >= worker.endMs
        ? endWith(tooLarge(WORKER_ERRORS.brokenStream))
        : { worker, happened: [] }
    case 'ended':
      return { worker, happened: [] }
  }
}

const seek = (worker: Seeking, { cause, atMs, text }: Look): Step => {
  const { limits, view, mode, startedMs } = worker
  if (cause === 'event' || atMs < worker.nextMs) return { worker, happened: [] }
  if (text === undefined) {
    const endMs = startedMs + limits.readyMs
    if (atMs >= endMs) {
      return endWith({ type: 'errored', error: WORKER_ERRORS.notReady, rule: 'not-ready' })
    }
    const looks = Math.floor((atMs - worker.nextMs) / limits.seekMs) + 1
    return {
      worker: { ...worker, nextMs: Math.min(worker.nextMs + looks * limits.seekMs, endMs) },
      happened: [],
    }
  }
  const found: Monitoring = {
    phase: 'monitoring',
    limits,
    view,
    mode,
    stream: freshStream,
    readyMs: atMs,
    tickMs: atMs + limits.tickMs,
    retry: undefined,
    wokenMs: undefined,
    lastUpdatedAt: undefined,
  }
  // a poller waits for its first interval; a watcher reads what was there before it watched
  if (mode === 'poll') return { worker: found, happened: [{ type: 'ready' }] }
  const step = read(found, { purpose: 'first-sight', failures: 0 }, { cause, atMs, text })
  return { worker: step.worker, happened: [{ type: 'ready' }, ...step.happened] }
}
