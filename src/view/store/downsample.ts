/**
 * Points that no pixel would show are left out: of each column of pixels the first, the least, the greatest and the
 * last point stay, so that lines between them cover the same pixels.
 *
 * @see https://www.vldb.org/pvldb/vol7/p797-jugel.pdf M4, "A Visualization-Oriented Time Series Data Aggregation"
 */

/** Points in order of `x`, with `NaN` or an infinity in `y` where a value was no finite number. */
export interface Points {
  readonly x: Float64Array
  readonly y: Float64Array
}

/**
 * The places of the points to draw, in order: of each of `columns` equal parts of the axis four at most with finite values,
 * and one with none, if it has such.
 */
export const choosePoints = ({ x, y }: Points, columns: number): number[] => {
  const length = x.length
  const start = x[0] ?? 0
  const width = ((x[length - 1] ?? 0) - start) / columns
  const places: number[] = []
  let column = -1
  for (let place = 0; place < length; ) {
    const wanted = width > 0 ? Math.floor(((x[place] ?? 0) - start) / width) : columns - 1
    // never one again, whatever rounding says of where it ends
    column = Math.min(columns - 1, Math.max(column + 1, wanted))
    const end = column === columns - 1 ? Number.POSITIVE_INFINITY : start + (column + 1) * width
    let [first, least, greatest, last, gap] = [-1, -1, -1, -1, -1]
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    do {
      const value = y[place] ?? Number.NaN
      if (Number.isFinite(value)) {
        if (first < 0) first = place
        last = place
        if (value < low) {
          low = value
          least = place
        }
        if (value > high) {
          high = value
          greatest = place
        }
      } else if (gap < 0) gap = place
      place += 1
    } while (place < length && (x[place] ?? 0) < end)
    let previous = -1
    for (const chosen of [first, least, greatest, last, gap].sort((a, b) => a - b)) {
      if (chosen > previous) places.push(chosen)
      previous = chosen
    }
  }
  return places
}
