import type { SeriesEntry } from '../../logbook/entry.ts'
import { type Column, float64Column } from './column.ts'
import { type KeptOrder, keepOrder } from './order.ts'

/** What is known of a curve but its points. */
export type SeriesFacts = Pick<SeriesEntry, 'name' | 'unit' | 'kind' | 'attributes'>

/** A curve as it is kept: 24 bytes a point. */
export interface Series {
  /** Undefined: it has points, and nobody has told yet of what. */
  facts: SeriesFacts | undefined
  times: Column
  values: Column
  /** Of as many points as it is long; the others have none. */
  steps: Column | undefined
  order: KeptOrder
}

/** Longer ones are nobody's curves: each name is kept in memory, and sent as often as one changes. */
export const mostKeyLength = 8_192

export const emptySeries = (): Series => {
  const times = float64Column()
  return { facts: undefined, times, values: float64Column(), steps: undefined, order: keepOrder(times) }
}

export const push = (series: Series, { t, step, value }: { t: number; step: number; value: number }) => {
  const { times, values } = series
  if (!Number.isNaN(step) && series.steps === undefined) series.steps = float64Column()
  const { steps } = series
  if (steps !== undefined) {
    while (steps.length() < times.length()) steps.push(Number.NaN)
    steps.push(step)
  }
  times.push(t)
  values.push(value)
}

export const copy = (from: Series, to: Series, rows: Iterable<number>) => {
  for (const row of rows) {
    push(to, {
      t: from.times.get(row),
      step: from.steps?.get(row) ?? Number.NaN,
      value: from.values.get(row),
    })
  }
}
