import type { RecordedSpan, SpanRecord } from './recorded-span.ts'

/** So many are remembered; what is started beyond is recorded too, but not stopped when the recorder closes. */
const mostOpen = 100_000

/**
 * The spans that go on and are seen, in the order of their start. A list through the spans' own records: the cheapest to
 * keep.
 */
export interface OpenSpans {
  readonly add: (span: RecordedSpan, record: SpanRecord) => void
  readonly remove: (record: SpanRecord) => void
  readonly newest: () => RecordedSpan | undefined
}

export const openSpans = (): OpenSpans => {
  let newest: RecordedSpan | undefined
  let count = 0
  return {
    add: (span, record) => {
      if (count >= mostOpen) return
      count += 1
      record.isListed = true
      record.older = newest
      if (newest?.record) newest.record.newer = span
      newest = span
    },
    remove: (record) => {
      if (!record.isListed) return
      count -= 1
      record.isListed = false
      if (record.older?.record) record.older.record.newer = record.newer
      if (record.newer?.record) record.newer.record.older = record.older
      else newest = record.older
      record.older = undefined
      record.newer = undefined
    },
    newest: () => newest,
  }
}
