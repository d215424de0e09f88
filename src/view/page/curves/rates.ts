import type { Points } from './line.ts'

/**
 * How fast a counter counts: from each point to the next one, told at the later. A counter that fell has begun anew, so
 * what it has counted since is what it says. Points nearer than `leastGap` to the one before are counted with the next,
 * as a rate over next to nothing says nothing.
 *
 * @param per how much of x the rate is for: 1,000 makes a rate per second of milliseconds
 */
export const rates = (
  { x, y, t }: Points,
  { per, leastGap }: { readonly per: number; readonly leastGap: number },
): Points => {
  const kept: { x: number; y: number | null; t: number }[] = []
  let from: { x: number; y: number } | undefined
  x.forEach((at, index) => {
    const value = y[index] ?? null
    const time = t?.[index] ?? at
    if (value === null) kept.push({ x: at, y: null, t: time })
    else if (from === undefined) from = { x: at, y: value }
    // of several values at one time the last is what counts
    else if (at === from.x) from = { x: at, y: value }
    else if (at - from.x >= leastGap) {
      const counted = value >= from.y ? value - from.y : value
      kept.push({ x: at, y: (counted / (at - from.x)) * per, t: time })
      from = { x: at, y: value }
    }
  })
  return {
    x: kept.map((point) => point.x),
    y: kept.map((point) => point.y),
    ...(t && { t: kept.map((point) => point.t) }),
  }
}
