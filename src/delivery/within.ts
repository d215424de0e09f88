import type { Clock } from '../clock.ts'

/** Waits for some work, however it ends, but no longer than the limit. */
export const within = (clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.after(limitMs, resolve, { keepsAlive: true })
    const end = () => {
      cancel()
      resolve()
    }
    work.then(end, end)
  })
