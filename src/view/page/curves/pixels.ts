/** Points of a line in canvas pixels; y is NaN at a gap. */
export interface Pixels {
  readonly x: Float64Array
  readonly y: Float64Array
}

interface Places {
  readonly xOf: (x: number) => number
  readonly yOf: (y: number) => number
  readonly shown: { readonly min: number; readonly max: number }
  readonly isLog: boolean
}

/** The first place whose value is at least `min`. */
const lowerBound = (x: readonly number[], min: number): number => {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) < min) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * What of a line may be seen, with one point beyond either side, so that it enters and leaves the picture. A logarithmic
 * scale has no place for 0 and less.
 */
export const pixelsOf = (
  { x, y }: { readonly x: readonly number[]; readonly y: readonly (number | null)[] },
  { xOf, yOf, shown, isLog }: Places,
): Pixels => {
  const first = Math.max(0, lowerBound(x, shown.min) - 1)
  let end = Math.min(x.length, lowerBound(x, shown.max) + 1)
  // all points of the last time
  while (end < x.length && x[end] === shown.max) end += 1
  const pixels = { x: new Float64Array(end - first), y: new Float64Array(end - first) }
  for (let index = first; index < end; index += 1) {
    const value = y[index]
    const isGap = value === null || value === undefined || (isLog && value <= 0)
    pixels.x[index - first] = xOf(x[index] ?? 0)
    pixels.y[index - first] = isGap ? Number.NaN : yOf(value)
  }
  return pixels
}

/** A line that goes up and down so much within its pixels is a band to the eye, and slow to draw as a line. */
const noisyPerPixel = 4

/** Whether a line is rather a band: the way it goes is much longer than it is wide. */
export const isNoisy = ({ x, y }: Pixels): boolean => {
  const width = (x.at(-1) ?? 0) - (x[0] ?? 0)
  // fewer points than pixels are lines that can be followed
  if (x.length < width) return false
  let way = 0
  for (let index = 1; index < y.length; index += 1) {
    const step = Math.abs((y[index] ?? 0) - (y[index - 1] ?? 0))
    if (!Number.isNaN(step)) way += step
  }
  return way > noisyPerPixel * width
}

export interface Bar {
  /** The number of the column. */
  readonly x: number
  readonly top: number
  readonly bottom: number
}

/** Averages of a band, one for each `width` pixels; gaps stay. */
export const middleOf = ({ x, y }: Pixels, width: number): Pixels => {
  const middle: { x: number; y: number }[] = []
  let column = Number.NaN
  let sum = 0
  let count = 0
  const end = () => {
    if (count > 0) middle.push({ x: (column + 0.5) * width, y: sum / count })
    sum = 0
    count = 0
  }
  for (let index = 0; index < x.length; index += 1) {
    const here = Math.floor((x[index] ?? 0) / width)
    const place = y[index] ?? Number.NaN
    if (here !== column || Number.isNaN(place)) end()
    column = here
    if (Number.isNaN(place)) middle.push({ x: x[index] ?? 0, y: Number.NaN })
    else {
      sum += place
      count += 1
    }
  }
  end()
  return {
    x: Float64Array.from(middle, (point) => point.x),
    y: Float64Array.from(middle, (point) => point.y),
  }
}

/**
 * A band as columns, each from its least to its greatest and on to where the line goes next. `x` of a bar is the number of
 * its column; a column is `width` pixels wide, so that each has points of its own also where pixels are many.
 */
export const bars = (
  { x, y }: Pixels,
  { width, thickness }: { readonly width: number; readonly thickness: number },
): readonly Bar[] => {
  const all: { x: number; top: number; bottom: number }[] = []
  let before = Number.NaN
  for (let index = 0; index < x.length; index += 1) {
    const column = Math.floor((x[index] ?? 0) / width)
    const place = y[index] ?? Number.NaN
    if (!Number.isNaN(place)) {
      const last = all.at(-1)
      if (last?.x === column) {
        last.top = Math.min(last.top, place)
        last.bottom = Math.max(last.bottom, place)
      } else {
        const from = Number.isNaN(before) ? place : before
        const way = column - (last?.x ?? column)
        // where the line is on its way, from 0 to 1: columns without a point of their own are crossed by it
        const at = (part: number) => from + (place - from) * part
        for (let skipped = 1; skipped < way && last && !Number.isNaN(before); skipped += 1) {
          const ends = [at((skipped - 0.5) / way), at((skipped + 0.5) / way)]
          all.push({ x: last.x + skipped, top: Math.min(...ends), bottom: Math.max(...ends) })
        }
        // the way between two columns is part of both: a column may have few points of its own
        const isNear = way === 1
        if (last && !Number.isNaN(before)) {
          const end = isNear ? place : at(0.5 / way)
          last.top = Math.min(last.top, end)
          last.bottom = Math.max(last.bottom, end)
        }
        const start = isNear || Number.isNaN(before) || way === 0 ? from : at(1 - 0.5 / way)
        all.push({ x: column, top: Math.min(start, place), bottom: Math.max(start, place) })
      }
    }
    before = place
  }
  return all.map(({ x, top, bottom }) => ({ x, top: top - thickness / 2, bottom: bottom + thickness / 2 }))
}
