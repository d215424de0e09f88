import type { Clock } from '../clock.ts'

/** Waits for `delayMs`, or until `stop` is aborted, whichever comes first. */
export const sleep = (delayMs: number, { clock, stop }: { clock: Clock; stop: AbortSignal }): Promise<void> =>
  new Promise((resolve) => {
    if (stop.aborted) return resolve()
    const end = () => {
      cancel()
      stop.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after(delayMs, end, { keepsAlive: true })
    stop.addEventListener('abort', end)
  })
