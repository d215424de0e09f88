import { type JsonNumber, jsonNumber } from '../json.ts'
import type { PointsEntry } from './entry.ts'

export type PointValue = PointsEntry['v'][string]

const numberOf = (value: JsonNumber): number => (typeof value === 'number' ? value : Number(value))

type Three = Exclude<PointValue, JsonNumber>

const threeOf = (value: PointValue): Three =>
  typeof value === 'object' ? value : ([value, value, value] as const)

/** What is no number is no extreme, as long as there is one. */
const pick = (a: JsonNumber, b: JsonNumber, choose: (a: number, b: number) => number): JsonNumber => {
  if (a === 'NaN') return b
  return b === 'NaN' ? a : jsonNumber(choose(numberOf(a), numberOf(b)))
}

/** The least, the greatest and the last of two values, of which `b` is the later one. */
export const foldValues = (a: PointValue, b: PointValue): PointValue => {
  const [aLeast, aGreatest] = threeOf(a)
  const [bLeast, bGreatest, last] = threeOf(b)
  const least = pick(aLeast, bLeast, Math.min)
  const greatest = pick(aGreatest, bGreatest, Math.max)
  return least === greatest && greatest === last ? last : [least, greatest, last]
}

/** Points that are joined to one line, which is as late as the last of them. */
export interface PointsFold {
  readonly add: (points: PointsEntry) => void
  readonly isEmpty: () => boolean
  /** The line, of which the fold is empty then; undefined: it was empty before. */
  readonly take: () => PointsEntry | undefined
}

export const createFold = (): PointsFold => {
  let t = 0
  let step: number | undefined
  let values: Record<string, PointValue> | undefined
  return {
    add: (points) => {
      t = points.t
      step = points.step ?? step
      values ??= {}
      for (const id in points.v) {
        const value = points.v[id]
        const before = values[id]
        if (value !== undefined) values[id] = before === undefined ? value : foldValues(before, value)
      }
    },
    isEmpty: () => values === undefined,
    take: () => {
      if (values === undefined) return undefined
      const points: PointsEntry = { k: 'p', t, ...(step !== undefined && { step }), v: values }
      step = undefined
      values = undefined
      return points
    },
  }
}
