import { bytesOf, type Entry } from './entry.ts'

/** What waits in memory, in its order. */
export interface Queue {
  readonly add: (entries: readonly Entry[]) => void
  readonly first: () => Entry | undefined
  /** Takes the first one, and those after it that may be in one request with it. */
  readonly next: (limits: { readonly maxBatches: number; readonly maxBytes: number }) => readonly Entry[]
  readonly some: (isMeant: (entry: Entry) => boolean) => boolean
  /** Takes all of a kind. */
  readonly takeAll: (isMeant?: (entry: Entry) => boolean) => readonly Entry[]
  readonly size: () => number
  readonly bytes: () => number
}

export const createQueue = (): Queue => {
  let entries: Entry[] = []
  let bytes = 0
  const taken = (those: readonly Entry[]) => {
    bytes -= bytesOf(those)
    return those
  }
  return {
    add: (those) => {
      bytes += bytesOf(those)
      const last = entries.at(-1)
      // what comes back was there before what has the same place
      if (last && those.some(({ order }) => order <= last.order))
        entries = [...those, ...entries].sort((a, b) => a.order - b.order)
      else for (const entry of those) entries.push(entry)
    },
    first: () => entries[0],
    next: ({ maxBatches, maxBytes }) => {
      let most = maxBatches
      let count = 0
      let sumBytes = 0
      for (const { mostTogether, batch } of entries) {
        most = Math.min(most, mostTogether)
        sumBytes += batch.bytes.length
        if (count > 0 && (count >= most || sumBytes > maxBytes)) break
        count += 1
      }
      return taken(entries.splice(0, count))
    },
    some: (isMeant) => entries.some(isMeant),
    takeAll: (isMeant = () => true) => {
      const { meant = [], others = [] } = Object.groupBy(entries, (entry) =>
        isMeant(entry) ? 'meant' : 'others',
      )
      entries = others
      return taken(meant)
    },
    size: () => entries.length,
    bytes: () => bytes,
  }
}
