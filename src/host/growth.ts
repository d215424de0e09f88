import type { Clock } from '../clock.ts'

/** By how much counters grew, and in which time. */
export interface Growth<K extends string> {
  readonly seconds: number
  readonly by: Readonly<Record<K, number>>
}

/**
 * Compares counters with those of the last time. Undefined the first time, and sooner than `leastMs` after the last
 * one, which then counts on: the kernel counts CPU time in steps of 10 ms.
 */
export const startGrowth = <K extends string>(clock: Clock, leastMs = 100) => {
  let before: { readonly atMs: number; readonly counters: Readonly<Record<K, number>> } | undefined
  return (counters: Readonly<Record<K, number>>): Growth<K> | undefined => {
    const atMs = clock.monotonicMs()
    const last = before
    if (last && atMs - last.atMs < leastMs) return undefined
    before = { atMs, counters }
    if (!last) return undefined
    const by: Record<K, number> = { ...counters }
    for (const key in by) by[key] = Math.max(0, counters[key] - last.counters[key])
    return { seconds: (atMs - last.atMs) / 1_000, by }
  }
}
