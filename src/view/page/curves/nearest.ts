/** The place of the value nearest to `at`, the last of equal ones; -1 where there is none. `x` is in ascending order. */
export const nearestIndex = (x: readonly number[], at: number): number => {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  const before = low - 1
  const after = x[low]
  if (before < 0) return x.length === 0 ? -1 : 0
  if (after === undefined) return before
  return at - (x[before] ?? 0) <= after - at ? before : low
}

/** Beyond a line's ends its value is still told for this much of the axis. */
export const toleranceOf = ({ min, max }: { readonly min: number; readonly max: number }): number =>
  (max - min) / 100

/** The value of the point nearest to `at`; null: no finite number; undefined: the line has not begun, or has ended. */
export const valueAt = (
  { x, y }: { readonly x: readonly number[]; readonly y: readonly (number | null)[] },
  at: number,
  tolerance: number,
): number | null | undefined => {
  const first = x[0]
  const last = x.at(-1)
  if (first === undefined || last === undefined) return undefined
  if (at < first - tolerance || at > last + tolerance) return undefined
  return y[nearestIndex(x, at)] ?? null
}

/** The last value that is shown; undefined where the line shows none. */
export const lastWithin = (
  { x, y }: { readonly x: readonly number[]; readonly y: readonly (number | null)[] },
  { min, max }: { readonly min: number; readonly max: number },
): number | null | undefined => {
  let index = nearestIndex(x, max)
  while ((x[index] ?? Number.NEGATIVE_INFINITY) > max) index -= 1
  return (x[index] ?? Number.NEGATIVE_INFINITY) >= min ? (y[index] ?? null) : undefined
}

/** The x that lies `by` points of another x further; it stays within the line. */
export const stepFrom = (x: readonly number[], at: number | undefined, by: number): number | undefined => {
  if (x.length === 0) return undefined
  if (at === undefined) return by < 0 ? x.at(-1) : x[0]
  const direction = Math.sign(by)
  let index = nearestIndex(x, at)
  for (let moved = 0; moved < Math.abs(by); moved += 1) {
    const here = x[index]
    let next = index + direction
    while (x[next] !== undefined && x[next] === here) next += direction
    if (x[next] === undefined) break
    index = next
  }
  return x[index]
}
