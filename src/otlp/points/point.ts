/** What an attribute of a metric, a resource or a scope may be. */
export type AttributeValue = string | number | boolean

export type Attributes = Readonly<Record<string, AttributeValue>>

/** One curve: a metric with one set of attributes. */
export interface Series {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'updowncounter' | 'histogram'
  readonly unit: string
  readonly description: string
  readonly attributes: Attributes
}

/** What was recorded, spread over buckets: `counts` has one more than `bounds`, for what is above the last. */
export interface Distribution {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

/** One value of a series at one time. Times are milliseconds since 1970. */
export interface Point extends Series {
  /** From when on a counter or histogram has counted; absent for a gauge. */
  readonly startMs?: number
  readonly timeMs: number
  /** Undefined: the series has ended, and whoever shows it should stop to (OTLP's `NO_RECORDED_VALUE`). */
  readonly value: number | Distribution | undefined
}

/** By this two series can be told apart. */
export const seriesKey = ({ name, attributes }: Pick<Series, 'name' | 'attributes'>): string =>
  JSON.stringify([name, Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))])
