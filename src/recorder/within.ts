import type { Clock } from '../clock.ts'

/** Whether the promise, which must not reject, was resolved in time. A process waits for that long, if it must. */
export const isWithin = async (clock: Clock, limitMs: number, promise: Promise<void>): Promise<boolean> => {
  const late = Promise.withResolvers<false>()
  const cancel = clock.after(limitMs, () => late.resolve(false), { keepsAlive: true })
  try {
    return await Promise.race([promise.then(() => true), late.promise])
  } finally {
    cancel()
  }
}
