import { describe, expect, test } from 'vitest'
import { parseRfc3339 } from '../../../src/progress/contract/rfc3339.ts'

describe('parseRfc3339', () => {
  test.each([
    { text: '2026-11-20T10:00:00Z', utc: '2026-11-20T10:00:00.000Z' },
    { text: '2026-11-20T10:00:00.123Z', utc: '2026-11-20T10:00:00.123Z' },
    { text: '2026-11-20T10:00:00.5Z', utc: '2026-11-20T10:00:00.500Z' },
    { text: '2026-11-20T10:00:00,25Z', utc: '2026-11-20T10:00:00.250Z' },
    { text: `2026-11-20T10:00:00.1239${'9'.repeat(50)}Z`, utc: '2026-11-20T10:00:00.123Z' },
    { text: '2026-11-20T9:00:00Z', utc: '2026-11-20T09:00:00.000Z' },
    { text: '2026-11-20T10:00:00+07:00', utc: '2026-11-20T03:00:00.000Z' },
    { text: '2026-11-20T10:00:00.5-05:30', utc: '2026-11-20T15:30:00.500Z' },
    { text: '2026-11-20T10:00:00-00:00', utc: '2026-11-20T10:00:00.000Z' },
    { text: '2026-11-20T10:00:00+24:60', utc: '2026-11-19T09:00:00.000Z' },
    { text: '2024-02-29T00:00:00Z', utc: '2024-02-29T00:00:00.000Z' },
    { text: '2000-02-29T00:00:00Z', utc: '2000-02-29T00:00:00.000Z' },
    { text: '0000-02-29T00:00:00Z', utc: '0000-02-29T00:00:00.000Z' },
    { text: '0099-01-01T00:00:00Z', utc: '0099-01-01T00:00:00.000Z' },
    { text: '9999-12-31T23:59:59.999Z', utc: '9999-12-31T23:59:59.999Z' },
  ])('"$text" is $utc', ({ text, utc }) => {
    expect(parseRfc3339(text)).toBe(Date.parse(utc))
  })

  test('a fraction before 1970 is rounded down, not towards zero', () => {
    expect(parseRfc3339('1969-12-31T23:59:59.9999Z')).toBe(-1)
  })

  test.each([
    { text: '', why: 'empty' },
    { text: '2026-11-20', why: 'a date only' },
    { text: '2026-11-20 10:00:00Z', why: 'a space for T' },
    { text: '2026-11-20t10:00:00Z', why: 'lower-case t' },
    { text: '2026-11-20T10:00:00z', why: 'lower-case z' },
    { text: '2026-11-20T10:00:00', why: 'no zone' },
    { text: '2026-11-20T10:00Z', why: 'no seconds' },
    { text: '2026-11-20T10:00:00.Z', why: 'a point without digits' },
    { text: '2026-11-20T10:00:00+0700', why: 'an offset without colon' },
    { text: '2026-11-20T10:00:00+7:00', why: 'an offset of one digit' },
    { text: '2026-11-20T10:00:00+25:00', why: 'an offset beyond 24 hours' },
    { text: '2026-11-20T10:00:00+00:61', why: 'an offset beyond 60 minutes' },
    { text: '2026-11-20T24:00:00Z', why: 'hour 24' },
    { text: '2026-11-20T10:60:00Z', why: 'minute 60' },
    { text: '2026-11-20T23:59:60Z', why: 'a leap second' },
    { text: '2026-13-01T00:00:00Z', why: 'month 13' },
    { text: '2026-00-01T00:00:00Z', why: 'month 0' },
    { text: '2026-11-00T00:00:00Z', why: 'day 0' },
    { text: '2026-11-31T00:00:00Z', why: 'a day its month lacks' },
    { text: '2026-02-29T00:00:00Z', why: 'no leap year' },
    { text: '1900-02-29T00:00:00Z', why: 'no leap year by the century' },
    { text: '20025-01-01T00:00:00Z', why: 'a year of five digits' },
    { text: '+2026-11-20T10:00:00Z', why: 'a sign' },
    { text: ' 2026-11-20T10:00:00Z', why: 'a space in front' },
    { text: '2026-11-20T10:00:00Z\n', why: 'a line feed behind' },
    { text: '2026-11-20T10:00:00Z07:00', why: 'a Go layout' },
    { text: '２026-11-20T10:00:00Z', why: 'a digit that is not ASCII' },
  ])('"$text" is refused: $why', ({ text }) => {
    expect(parseRfc3339(text)).toBeUndefined()
  })
})
