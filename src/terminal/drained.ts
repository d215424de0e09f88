import type { Writable } from 'node:stream'
import { type Clock, systemClock } from '../clock.ts'

/** Resolves when everything that was written to the stream is out, or never will be. */
const out = (stream: Writable) =>
  new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.write('', () => resolve())
  })

/**
 * Waits until the streams have handed on all that was written to them, but no longer than `limitMs`: what a full
 * pipe has not taken yet is lost when the process exits.
 */
export const drained = async (
  streams: Iterable<Writable>,
  limitMs: number,
  clock: Clock = systemClock,
): Promise<void> => {
  const full = [...streams].filter(({ writableLength, destroyed }) => writableLength > 0 && !destroyed)
  if (full.length === 0) return
  const limit = Promise.withResolvers<void>()
  const cancelLimit = clock.after(limitMs, limit.resolve, { keepsAlive: true })
  await Promise.race([Promise.all(full.map(out)), limit.promise])
  cancelLimit()
}
