/** Time as the program sees it; tests bring their own. */
export interface Clock {
  /** Wall time, which an operator or NTP may set back. */
  readonly now: () => Date
  /** Milliseconds that only grow, whatever the wall clock does. */
  readonly monotonicMs: () => number
  /**
   * Calls `wake` once after `delayMs`; the returned function takes that back.
   * Only with `keepsAlive` does a process that has nothing else to do wait for it.
   */
  readonly after: (delayMs: number, wake: () => void, options?: { keepsAlive?: boolean }) => () => void
}

/** Beyond it, 24.8 days, Node's timers fire at once. */
const longestTimerMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after: (delayMs, wake, { keepsAlive = false } = {}) => {
    const dueMs = performance.now() + delayMs
    let timer: NodeJS.Timeout
    const arm = () => {
      const leftMs = dueMs - performance.now()
      timer =
        leftMs > longestTimerMs ? setTimeout(arm, longestTimerMs) : setTimeout(wake, Math.max(0, leftMs))
      if (!keepsAlive) timer.unref()
    }
    arm()
    return () => clearTimeout(timer)
  },
}

/** Waits for `delayMs`, whatever happens meanwhile. */
export const wait = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delayMs, resolve, { keepsAlive: true })
  })

/** Waits for some work, however it ends, but no longer than `limitMs`; resolves to whether it ended in time. */
export const endsWithin = (clock: Clock, limitMs: number, work: Promise<unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = clock.after(limitMs, () => resolve(false), { keepsAlive: true })
    const end = () => {
      cancel()
      resolve(true)
    }
    work.then(end, end)
  })
