import { type Clock, endsWithin } from '../clock.ts'

/** One part of the telemetry that must be flushed and shut down: a batch processor or a metric reader. */
export interface Drainable {
  readonly shutdown: () => Promise<void>
}

/**
 * Shuts all parts down at once and waits for them, but no longer than `limitMs`. A part that fails takes nothing
 * from the others. Resolves to whether all were through in time.
 */
export const drain = (parts: readonly Drainable[], limitMs: number, clock: Clock): Promise<boolean> =>
  endsWithin(clock, limitMs, Promise.allSettled(parts.map(async (part) => part.shutdown())))
