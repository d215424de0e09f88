import type { Attributes } from './attributes.ts'
import type { OwnAttributes } from './copy-attributes.ts'
import type { AggregateRule } from './recorder.ts'

/** What a stream of numbers came to. */
export interface Statistics {
  count: number
  last: number
  min: number
  max: number
  total: number
  /** Since they were told last. */
  untold: number
}

/** Statistics of one span, by the rule that gathers them. */
export type StatisticsByRule = Map<AggregateRule, Statistics>

/** Counts the rule's attribute; undefined if there is none, or it is no finite number. */
export const count = (
  all: StatisticsByRule,
  rule: AggregateRule,
  attributes: Attributes,
): Statistics | undefined => {
  const value = attributes[rule.attribute]
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const before = all.get(rule)
  if (before === undefined) {
    const first = { count: 1, last: value, min: value, max: value, total: value, untold: 1 }
    all.set(rule, first)
    return first
  }
  before.count += 1
  before.last = value
  before.min = Math.min(before.min, value)
  before.max = Math.max(before.max, value)
  before.total += value
  before.untold += 1
  return before
}

/** The attributes of the event that tells them. */
export const statisticsAttributes = (attribute: string, statistics: Statistics): OwnAttributes => ({
  [`${attribute}_count`]: statistics.count,
  [`${attribute}_last`]: statistics.last,
  [`${attribute}_min`]: statistics.min,
  [`${attribute}_max`]: statistics.max,
  [`${attribute}_avg`]: statistics.total / statistics.count,
  [`${attribute}_total`]: statistics.total,
})
