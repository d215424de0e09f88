import type { Clock } from '../clock.ts'

/** By how much counters grew, and in which time. */
export interface Growth<K extends string> {
  readonly seconds: number
  readonly by: Readonly<Record<K, number>>
}

/**
 * Compares counters with those of the last time, or of as many times ago as it is told. Undefined the first time, and
 * sooner than `leastMs` after the last one, which then counts on: the kernel counts CPU time in steps of 10 ms.
 */
export const startGrowth = <K extends string>(clock: Clock, leastMs = 100) => {
  let seen: readonly { readonly atMs: number; readonly counters: Readonly<Record<K, number>> }[] = []
  return (counters: Readonly<Record<K, number>>, timesAgo = 1): Growth<K> | undefined => {
    const atMs = clock.monotonicMs()
    const newest = seen.at(-1)
    if (newest && atMs - newest.atMs < leastMs) return undefined
    const last = seen.at(-timesAgo) ?? seen[0]
    seen = [...seen, { atMs, counters }].slice(-timesAgo)
    if (!last) return undefined
    const by: Record<K, number> = { ...counters }
    for (const key in by) by[key] = Math.max(0, counters[key] - last.counters[key])
    return { seconds: (atMs - last.atMs) / 1_000, by }
  }
}
