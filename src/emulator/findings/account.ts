import type { Signal } from '../../otlp/signals.ts'
import type { Evidence } from './evidence.ts'

/** What became of the items of one signal: the task's own count against what arrived. */
export interface Account {
  /** Items that arrived and were taken, each counted once. */
  readonly arrived: number
  /** Items that arrived again. */
  readonly duplicates: number
  /** By the task's own count; undefined if it keeps none. */
  readonly emitted: number | undefined
  /** Items that the task was told were delivered. */
  readonly delivered: number | undefined
  /** Items that the task kept on disk, by its own count. */
  readonly waiting: number | undefined
  /** Emitted, and neither arrived nor kept. */
  readonly lost: number | undefined
}

/** Holds what a task counted against what the receiver did. */
export const accountOf = (
  { received, tallies }: Pick<Evidence, 'received' | 'tallies'>,
  signal: Signal,
): Account => {
  const { items, duplicates } = received.signals[signal]
  const tally = tallies[signal]
  const arrived = items - duplicates
  // less than nothing where an earlier task of the same directory has left some
  const waiting = tally && Math.max(0, tally.waiting)
  return {
    arrived,
    duplicates,
    emitted: tally?.emitted,
    delivered: tally?.delivered,
    waiting,
    lost: tally && Math.max(0, tally.emitted - arrived - (waiting ?? 0)),
  }
}
