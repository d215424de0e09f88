/** What became of the items of one signal on the way to one destination. All of it only grows, but for `waiting`. */
export interface Tally {
  /** Ended spans, emitted log records; for metrics the points that were collected. */
  emitted: number
  /** Of these, items that the destination acknowledged. */
  delivered: number
  /** Items that were given up. */
  dropped: number
  /** Items that had to be sent again, as often as they had. */
  retried: number
  /** Items that went to disk. */
  spooled: number
  /** Items of processes before this one that the destination acknowledged now. */
  replayed: number
  /** Items of this process that are on disk. */
  waiting: number
}

/** A tally that changes; `onChange` is called after each change. */
export interface Counter {
  readonly tally: Readonly<Tally>
  /** Why items were dropped, and how many; of more than twenty reasons the rest count as one. */
  readonly reasons: ReadonlyMap<string, number>
  readonly add: (what: Exclude<keyof Tally, 'dropped' | 'waiting'>, items: number) => void
  readonly drop: (items: number, reason: string) => void
  readonly setWaiting: (items: number) => void
}

export const emptyTally: Readonly<Tally> = {
  emitted: 0,
  delivered: 0,
  dropped: 0,
  retried: 0,
  spooled: 0,
  replayed: 0,
  waiting: 0,
}

const mostReasons = 20

/** @param onDropped - is told of each drop, after it was counted */
export const createCounter = (
  onChange: () => void = () => {},
  onDropped: (items: number, reason: string) => void = () => {},
): Counter => {
  const tally = { ...emptyTally }
  const reasons = new Map<string, number>()
  return {
    tally,
    reasons,
    add: (what, items) => {
      if (items === 0) return
      tally[what] += items
      onChange()
    },
    drop: (items, reason) => {
      if (items === 0) return
      tally.dropped += items
      const key = reasons.has(reason) || reasons.size < mostReasons ? reason : 'other reasons'
      reasons.set(key, (reasons.get(key) ?? 0) + items)
      onChange()
      onDropped(items, reason)
    },
    setWaiting: (items) => {
      if (tally.waiting === items) return
      tally.waiting = items
      onChange()
    },
  }
}
