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
  /** Emitted and not arrived. */
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
  return {
    arrived,
    duplicates,
    emitted: tally?.emitted,
    delivered: tally?.delivered,
    lost: tally && Math.max(0, tally.emitted - arrived),
  }
}
