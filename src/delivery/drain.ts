import type { Clock } from '../clock.ts'

/** One part of the telemetry that must be flushed and shut down: a batch processor or a metric reader. */
export interface Drainable {
  readonly shutdown: () => Promise<void>
}

/**
 * Shuts all parts down at once and waits for them, but no longer than `limitMs`. A part that fails takes nothing
 * from the others. Resolves to whether all were through in time.
 */
export const drain = async (parts: readonly Drainable[], limitMs: number, clock: Clock): Promise<boolean> => {
  const all = Promise.allSettled(parts.map(async (part) => part.shutdown()))
  const limit = Promise.withResolvers<boolean>()
  const cancel = clock.after(limitMs, () => limit.resolve(false), { keepsAlive: true })
  const inTime = await Promise.race([all.then(() => true), limit.promise])
  cancel()
  return inTime
}
