import type { Reading } from './reading.ts'

/** One reading, or none where the value is not known. */
export const known = (
  metric: Reading['metric'],
  value: number | undefined,
  attributes?: NonNullable<Reading['attributes']>,
): readonly Reading[] =>
  value === undefined ? [] : [attributes ? { metric, value, attributes } : { metric, value }]
