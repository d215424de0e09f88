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

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after: (delayMs, wake, { keepsAlive = false } = {}) => {
    const timer = setTimeout(wake, delayMs)
    if (!keepsAlive) timer.unref()
    return () => clearTimeout(timer)
  },
}
