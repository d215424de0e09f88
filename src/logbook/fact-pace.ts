import type { Clock } from '../clock.ts'
import type { LogbookEntry } from './entry.ts'

/**
 * Least time between two of them, and how many there are at the most before that time grows: of a run of a month some
 * thousands. The newest one counts.
 */
const repeated = {
  go: { leastMs: 5_000, many: 1_000 },
  delivery: { leastMs: 10_000, many: 500 },
} as const

/** So far apart are beats where there is no room for all. */
const beatPauseMs = 80_000
/** No gap becomes longer than this by what was left out: it is shorter than what anybody takes for a gap. */
const longestGapMs = 150_000

const isRepeated = (k: LogbookEntry['k']): k is keyof typeof repeated | 'beat' =>
  k === 'beat' || Object.hasOwn(repeated, k)

/**
 * Decides which facts are told of those that repeat themselves without end: returns what is to be told for an entry, in
 * order.
 *
 * @param isTight - whether there is no room for all beats
 */
export const createFactPace = (
  clock: Pick<Clock, 'monotonicMs'>,
  isTight: () => boolean,
): ((entry: LogbookEntry) => readonly LogbookEntry[]) => {
  const startedMs = clock.monotonicMs()
  const toldMs = new Map<LogbookEntry['k'], number>()
  const leftOut = new Map<LogbookEntry['k'], LogbookEntry>()

  const pauseOf = (k: keyof typeof repeated | 'beat', nowMs: number) => {
    if (k === 'beat') return isTight() ? beatPauseMs : 0
    const { leastMs, many } = repeated[k]
    return Math.max(leastMs, (nowMs - startedMs) / many)
  }

  return (entry) => {
    const { k } = entry
    if (k === 'end') return [...leftOut.values(), entry]
    if (!isRepeated(k)) return [entry]
    const nowMs = clock.monotonicMs()
    const sinceMs = nowMs - (toldMs.get(k) ?? Number.NEGATIVE_INFINITY)
    const before = leftOut.get(k)
    if (sinceMs < pauseOf(k, nowMs)) {
      leftOut.set(k, entry)
      return []
    }
    leftOut.delete(k)
    toldMs.set(k, nowMs)
    // every gap stays as long as it was
    return k === 'beat' && before && sinceMs > longestGapMs ? [before, entry] : [entry]
  }
}
