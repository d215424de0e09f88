/** From the least to the greatest. */
export interface Extent {
  readonly min: number
  readonly max: number
}

interface Drawn {
  readonly x: readonly number[]
  readonly y: readonly (number | null)[]
  readonly raw?: readonly (number | null)[]
}

/** From the first to the last x of all lines; undefined where there is no point. */
export const extentOfX = (lines: readonly Pick<Drawn, 'x'>[]): Extent | undefined => {
  const firsts = lines.flatMap(({ x }) => x[0] ?? [])
  const lasts = lines.flatMap(({ x }) => x.at(-1) ?? [])
  return firsts.length === 0 ? undefined : { min: Math.min(...firsts), max: Math.max(...lasts) }
}

/** What the y axis must reach, of what lies within `within`, else of all; on a logarithmic scale only what it can show. */
export const extentOfY = (lines: readonly Drawn[], within: Extent, isLog: boolean): Extent | undefined => {
  const measure = (from: number, to: number): Extent | undefined => {
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (const { x, y, raw } of lines) {
      for (let index = 0; index < x.length; index += 1) {
        const at = x[index] ?? 0
        if (at < from || at > to) continue
        for (const value of [y[index], raw?.[index]]) {
          if (value === null || value === undefined || (isLog && value <= 0)) continue
          if (value < min) min = value
          if (value > max) max = value
        }
      }
    }
    return min <= max ? { min, max } : undefined
  }
  return measure(within.min, within.max) ?? measure(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
}

/** What a logarithmic axis shows: out to the next whole part of the power of ten, as its ticks begin at its end. */
export const logRange = ({ min, max }: Extent): Extent => {
  const powerOf = (value: number) => 10 ** Math.floor(Math.log10(value))
  const low = Math.floor(min / powerOf(min) + 1e-9) * powerOf(min)
  const high = Math.ceil(max / powerOf(max) - 1e-9) * powerOf(max)
  return high > low ? { min: low, max: high } : { min: low / 2, max: high * 2 }
}

/** How many values a logarithmic scale cannot show. */
export const countNotPositive = (lines: readonly Drawn[]): number =>
  lines.reduce((sum, { y }) => sum + y.filter((value) => value !== null && value <= 0).length, 0)

/** How many values are no finite numbers. */
export const countNotFinite = (lines: readonly Drawn[]): number =>
  lines.reduce((sum, { y }) => sum + y.filter((value) => value === null).length, 0)
