/** The first and the newest of what there may be too many of. */
export interface BoundedList<T> {
  readonly push: (item: T) => void
  /** How many there were. */
  readonly count: () => number
  readonly all: () => readonly T[]
  /** `limit` of them at most: of the first and of the newest as many. */
  readonly ends: (limit: number) => readonly T[]
}

export const boundedList = <T>(most = 10_000): BoundedList<T> => {
  const items: T[] = []
  let count = 0
  const half = most / 2
  return {
    push: (item) => {
      count += 1
      items.push(item)
      // a quarter at a time, as it moves all that follow
      if (items.length > most + half / 2) items.splice(half, items.length - most)
    },
    count: () => count,
    all: () => items,
    ends: (limit) =>
      items.length <= limit
        ? [...items]
        : [...items.slice(0, Math.ceil(limit / 2)), ...items.slice(-Math.floor(limit / 2))],
  }
}
