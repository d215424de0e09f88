/** How long the same thing took, each time: its sum and its extremes, in constant memory. */
export interface Durations {
  /** Integer of at least 0. */
  readonly count: number
  readonly totalSec: number
  /** Undefined before the first, and from the moment on that some were only measured together. */
  readonly minSec: number | undefined
  readonly maxSec: number | undefined
}

export const noDurations: Durations = { count: 0, totalSec: 0, minSec: undefined, maxSec: undefined }

/** The smaller one of a value and one that may not be there yet. */
export const least = (known: number | undefined, value: number): number =>
  known === undefined ? value : Math.min(known, value)

/** The greater one of a value and one that may not be there yet. */
export const most = (known: number | undefined, value: number): number =>
  known === undefined ? value : Math.max(known, value)

/** After one more. */
export const addDuration = (durations: Durations, seconds: number): Durations => {
  const { count, totalSec, minSec, maxSec } = durations
  // extremes that are not known any more do not become known again
  const areKnown = count === 0 || minSec !== undefined
  return {
    count: count + 1,
    totalSec: totalSec + seconds,
    minSec: areKnown ? least(minSec, seconds) : undefined,
    maxSec: areKnown ? most(maxSec, seconds) : undefined,
  }
}

/** After several more, of which only the sum is known: an average of them is no extreme. */
export const addTogether = (durations: Durations, count: number, seconds: number): Durations =>
  count === 0
    ? durations
    : {
        count: durations.count + count,
        totalSec: durations.totalSec + seconds,
        minSec: undefined,
        maxSec: undefined,
      }

/** Undefined before the first. */
export const averageSec = ({ count, totalSec }: Durations): number | undefined =>
  count === 0 ? undefined : totalSec / count
