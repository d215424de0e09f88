import type { Curve } from '../../api.ts'

/** A curve as it is drawn: points in order of x; y has null where a value was no finite number. */
export interface Line {
  readonly key: string
  /** What tells it from the other lines of its chart; empty where it is alone. */
  readonly label: string
  /** Its place among the chart's lines, also while others are hidden: colour and dashes follow from it. */
  readonly style: number
  readonly x: readonly number[]
  readonly y: readonly (number | null)[]
  /** When each point was, in milliseconds since 1970, where x is not that. */
  readonly t?: readonly number[]
  /** What `y` was made of by smoothing: drawn pale behind it. */
  readonly raw?: readonly (number | null)[]
}

export type Points = Pick<Curve, 'x' | 'y' | 't'>

/**
 * Dashes of a line in CSS pixels, so that colour is not alone in telling lines apart: eight kinds, and lines that share a
 * colour (every eighth) have different ones.
 */
const dashes: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 3],
  [14, 4],
  [6, 2, 2, 2, 2, 2],
  [3, 6],
]

export const colourOf = (style: number): number => style % 8
export const dashOf = (style: number): readonly number[] => dashes[(style + Math.floor(style / 8)) % 8] ?? []

const isAscending = (x: readonly number[]): boolean =>
  x.every((value, index) => index === 0 || value >= (x[index - 1] ?? value))

/** The points in order of x: steps that were done again after a restart lie beside the first ones. */
export const inOrder = ({ x, y, t }: Points): Points => {
  if (isAscending(x)) return { x, y, ...(t && { t }) }
  const order = x.map((_, index) => index).toSorted((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b)
  return {
    x: order.map((index) => x[index] ?? 0),
    y: order.map((index) => y[index] ?? null),
    ...(t && { t: order.map((index) => t[index] ?? 0) }),
  }
}
