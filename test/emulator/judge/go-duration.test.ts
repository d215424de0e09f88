import { describe, expect, test } from 'vitest'
import { formatGoDuration, parseGoDuration } from '../../../src/emulator/judge/go-duration.ts'

describe('parseGoDuration', () => {
  test.each([
    ['0', 0],
    ['0s', 0],
    ['-0', 0],
    ['4m50s', 290_000],
    ['60300ms', 60_300],
    ['1h', 3_600_000],
    ['1.5s', 1_500],
    ['+.5h', 1_800_000],
    ['1.s', 1_000],
    ['-1h2m3.004s', -3_723_004],
    ['1s1s', 2_000],
    ['1500us', 1.5],
    ['1500\u00b5s', 1.5],
    ['1500\u03bcs', 1.5],
    ['1000ns', 0.001],
    ['8760h', 31_536_000_000],
    ['2540400h10m10s', 9_145_440_610_000],
  ])('%s is %d ms', (text, durationMs) => {
    expect(parseGoDuration(text)).toBeCloseTo(durationMs, 6)
  })

  test.each([
    '',
    '-',
    's',
    '5',
    '.s',
    '1.2.3s',
    '5 s',
    ' 5s',
    '5S',
    '1d',
    '1h-5m',
    '--5s',
    '1e3s',
    '9999999h',
    '1m ',
    '٣s',
  ])('%j is none', (text) => {
    expect(parseGoDuration(text)).toBeUndefined()
  })

  test('a long row of digits is refused in no time', () => {
    const before = performance.now()
    expect(parseGoDuration('1'.repeat(2_000_000))).toBeUndefined()
    expect(parseGoDuration(`${'1.1s'.repeat(200_000)}x`)).toBeUndefined()
    expect(performance.now() - before).toBeLessThan(2_000)
  })
})

describe('formatGoDuration', () => {
  test.each([
    [0, '0s'],
    [0.5, '500\u00b5s'],
    [1.5, '1.5ms'],
    [300, '300ms'],
    [1_000, '1s'],
    [5_500, '5.5s'],
    [60_300, '1m0.3s'],
    [300_000, '5m0s'],
    [7_200_500, '2h0m0.5s'],
    [4_200_000, '1h10m0s'],
    [-3_000, '-3s'],
  ])('%d ms is %s', (durationMs, text) => {
    expect(formatGoDuration(durationMs)).toBe(text)
    expect(parseGoDuration(text)).toBeCloseTo(durationMs, 6)
  })
})
