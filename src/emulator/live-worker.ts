import type { Clock } from '../clock.ts'
import { look, nextLookMs, startWorker, type Worker, type WorkerEvent, type WorkerOptions } from './worker.ts'

export interface LiveWorkerOptions {
  readonly worker: WorkerOptions
  readonly clock: Clock
  /** Reads the progress file. */
  readonly read: () => string | undefined
  readonly onEvent: (event: WorkerEvent, atMs: number) => void
}

export interface LiveWorker {
  /** The file has changed. */
  readonly wake: () => void
  /** It forgets everything, and begins again. */
  readonly restart: () => void
  readonly stop: () => void
  /**
   * Nothing changes any more: what the worker would still see and do is done at once, up to `limitMs` of its
   * time. It stops thereafter.
   */
  readonly finish: (limitMs: number) => void
}

/** The platform's worker, driven by the clock and by changes of the file. */
export const startLiveWorker = ({ worker: options, clock, read, onEvent }: LiveWorkerOptions): LiveWorker => {
  const nowMs = () => clock.now().getTime()
  let worker: Worker = startWorker(options, nowMs())
  let cancel = () => {}

  const act = (cause: 'tick' | 'event', atMs: number) => {
    const { worker: next, happened } = look(worker, { cause, atMs, text: read() })
    worker = next
    for (const event of happened) onEvent(event, atMs)
  }
  const schedule = () => {
    cancel()
    const nextMs = nextLookMs(worker)
    if (nextMs === undefined) return
    // a timer may be a millisecond early
    const tick = () => {
      if (nowMs() >= nextMs) act('tick', nowMs())
      schedule()
    }
    cancel = clock.after(Math.max(0, nextMs - nowMs()), tick, { keepsAlive: true })
  }
  schedule()

  return {
    wake: () => {
      act('event', nowMs())
      schedule()
    },
    restart: () => {
      worker = startWorker(options, nowMs())
      schedule()
    },
    stop: () => cancel(),
    finish: (limitMs) => {
      cancel()
      const endMs = nowMs() + limitMs
      for (
        let nextMs = nextLookMs(worker);
        nextMs !== undefined && nextMs <= endMs;
        nextMs = nextLookMs(worker)
      ) {
        act('tick', Math.max(nextMs, nowMs()))
      }
    },
  }
}
