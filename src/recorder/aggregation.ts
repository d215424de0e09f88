import type { Attributes } from './attributes.ts'
import type { OwnAttributes } from './copy-attributes.ts'
import type { RecordedSpan } from './recorded-span.ts'
import type { AggregateRule } from './recorder.ts'
import { count, type Statistics, statisticsAttributes } from './statistics.ts'

/** The rules that count one source. */
export type Counting = readonly AggregateRule[]

export interface Aggregation {
  /** How events, or spans, of this name are counted; undefined: not at all. */
  readonly countingOf: (name: string) => Counting | undefined
  /** Counts for a span, and tells what is due. */
  readonly countOn: (span: RecordedSpan, counting: Counting, attributes: Attributes) => void
  /** Tells what was counted for a span and not told yet. */
  readonly tellRest: (span: RecordedSpan) => void
}

/** @param tell - takes an event on a span */
export const openAggregation = (
  rules: readonly AggregateRule[],
  tell: (span: RecordedSpan, name: string, attributes: OwnAttributes) => void,
): Aggregation => {
  const bySource = Map.groupBy(rules, ({ source }) => source)
  const hasRules = rules.length > 0

  const tellStatistics = (span: RecordedSpan, rule: AggregateRule, statistics: Statistics) => {
    statistics.untold = 0
    tell(span, rule.event, statisticsAttributes(rule.attribute, statistics))
  }
  return {
    countingOf: (name) => (hasRules ? bySource.get(name) : undefined),
    countOn: (span, counting, attributes) => {
      span.statistics ??= new Map()
      for (const rule of counting) {
        const statistics = count(span.statistics, rule, attributes)
        if (statistics && statistics.untold >= (rule.every ?? 1)) tellStatistics(span, rule, statistics)
      }
    },
    tellRest: (span) => {
      for (const [rule, statistics] of span.statistics ?? []) {
        if (statistics.untold > 0) tellStatistics(span, rule, statistics)
      }
    },
  }
}
