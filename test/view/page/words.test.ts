import { describe, expect, it } from 'vitest'
import {
  clockTime,
  countdownInWords,
  countInWords,
  countOf,
  dateAndTime,
  durationInWords,
  sizeInWords,
  timeBeside,
  utcTime,
} from '../../../src/view/page/words.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.125, '0.13 ms'],
    [820, '820 ms'],
    [999.6, '1 s'],
    [1_240, '1.2 s'],
    [8_000, '8 s'],
    [9_960, '10 s'],
    [42_400, '42 s'],
    [59_600, '1 min'],
    [4 * minute + 12 * second, '4 min 12 s'],
    [59 * minute + 59.6 * second, '1 h'],
    [3 * hour + 5 * minute, '3 h 5 min'],
    [23 * hour + 59 * minute + 40 * second, '1 d'],
    [2 * day + 4 * hour, '2 d 4 h'],
    [-4 * minute, '4 min'],
    [Number.NaN, 'unknown'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ])('%d ms are %s', (ms, words) => {
    expect(durationInWords(ms)).toBe(words)
  })

  it.each([
    [-5 * second, '0 s'],
    [400, '0 s'],
    [8_499, '8 s'],
    [8_500, '9 s'],
    [59_700, '1 min'],
    [4 * minute + 12.4 * second, '4 min 12 s'],
  ])('a countdown of %d ms says %s', (ms, words) => {
    expect(countdownInWords(ms)).toBe(words)
  })
})

it.each([
  [0, '0 B'],
  [950, '950 B'],
  [999.7, '1 kB'],
  [1_234_567, '1.23 MB'],
  [87_300_000, '87.3 MB'],
  [999_600, '1 MB'],
  [3_450_000_000, '3.45 GB'],
  [2.5e18, '2500 PB'],
  [Number.NaN, 'unknown'],
])('%d bytes are %s', (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words)
})

it('counts have commas, and their word fits them', () => {
  expect(countInWords(12_345)).toBe('12,345')
  expect(countOf(1, 'span')).toBe('1 span')
  expect(countOf(12_345, 'span')).toBe('12,345 spans')
  expect(countOf(0, 'entry', 'entries')).toBe('0 entries')
})

describe('times', () => {
  const time = new Date(2026, 10, 21, 4, 3, 2, 120).getTime()

  it('are local, as precise as is asked for', () => {
    expect(clockTime(time, 'minutes')).toBe('04:03')
    expect(clockTime(time)).toBe('04:03:02')
    expect(clockTime(time, 'milliseconds')).toBe('04:03:02.120')
  })

  it('have a year only beside another year', () => {
    expect(dateAndTime(time, time)).toBe('21 Nov 04:03:02')
    expect(dateAndTime(time, new Date(2027, 0, 1).getTime())).toBe('21 Nov 2026 04:03:02')
  })

  it('have a date only beside another day', () => {
    expect(timeBeside(time, time + hour)).toBe('04:03:02')
    expect(timeBeside(time, time - 12 * hour)).toBe('21 Nov 04:03:02')
  })

  it('can be said in UTC', () => {
    expect(utcTime(Date.UTC(2026, 10, 21, 4, 3, 2, 120))).toBe('2026-11-21 04:03:02.120 UTC')
  })

  it('that are none are unknown', () => {
    expect([clockTime, dateAndTime, utcTime].map((words) => words(Number.NaN))).toEqual(
      Array(3).fill('unknown'),
    )
  })
})
