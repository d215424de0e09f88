import { describe, expect, it } from 'vitest'
import { elapsedTicks, localTicks, placeLabels, stepFor } from '../../../../src/view/page/timeline/ticks.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const labels = (ticks: readonly { readonly label: string }[]) => ticks.map(({ label }) => label)

it.each([
  [30, 10, 5],
  [90 * second, 10, 10 * second],
  [17 * minute, 6, 5 * minute],
  [2 * hour, 8, 15 * minute],
  [30 * hour, 6, 6 * hour],
  [12 * day, 6, 2 * day],
  [4_000 * day, 5, 800 * day],
])('in %d ms, %d ticks at most are %d ms apart', (length, most, step) => {
  expect(stepFor({ fromMs: 0, toMs: length }, most)).toBe(step)
})

describe('ticks at local times', () => {
  const at = (...[h, m, s, ms]: [number, number, number?, number?]) =>
    new Date(2026, 5, 9, h, m, s ?? 0, ms ?? 0).getTime()

  it('stand at round minutes', () => {
    expect(labels(localTicks({ fromMs: at(14, 3), toMs: at(14, 19) }, 4))).toEqual([
      '14:05',
      '14:10',
      '14:15',
    ])
  })

  it('name seconds, and less, where they are near each other', () => {
    expect(labels(localTicks({ fromMs: at(14, 3, 1), toMs: at(14, 3, 11) }, 3))).toEqual([
      '14:03:05',
      '14:03:10',
    ])
    expect(labels(localTicks({ fromMs: at(14, 3, 1, 100), toMs: at(14, 3, 1, 300) }, 2))).toEqual([
      '14:03:01.100',
      '14:03:01.200',
      '14:03:01.300',
    ])
  })

  it('name the day at midnight', () => {
    const ticks = localTicks({ fromMs: at(18, 30), toMs: at(18, 30) + 12 * hour }, 4)
    expect(labels(ticks)).toEqual(['21:00', '10 Jun', '03:00', '06:00'])
  })

  it('stand at midnights over days, and at full hours, on days of any length', () => {
    // a week in spring and one in autumn, when some places change their clocks
    for (const [month, date] of [
      [2, 25],
      [9, 22],
    ] as const) {
      const fromMs = new Date(2026, month, date, 5).getTime()
      const days = localTicks({ fromMs, toMs: fromMs + 8 * day }, 8)
      expect(days.length).toBeGreaterThan(6)
      expect(days.every(({ t }) => new Date(t).getHours() === 0)).toBe(true)
      const hours = localTicks({ fromMs: fromMs + 3 * day, toMs: fromMs + 4.5 * day }, 6)
      expect(hours.every(({ t }) => new Date(t).getHours() % 6 === 0)).toBe(true)
    }
  })

  it('are none where there is no time', () => {
    expect(localTicks({ fromMs: 5, toMs: 5 }, 5)).toEqual([])
    expect(elapsedTicks({ fromMs: 5, toMs: 5 }, 0, 5)).toEqual([])
  })

  it('are never many more than asked for', () => {
    for (let length = 3; length < 1e12; length *= 2.7)
      for (const most of [2, 5, 15])
        expect(localTicks({ fromMs: 1.7e12, toMs: 1.7e12 + length }, most).length).toBeLessThanOrEqual(
          most + 2,
        )
  })
})

describe('ticks since the start', () => {
  it.each([
    { from: 0, length: 90 * second, labels: ['0', '0:30', '1:00', '1:30'] },
    { from: hour, length: 2 * hour, labels: ['1 h', '1 h 30 min', '2 h', '2 h 30 min', '3 h'] },
    {
      from: 50 * minute,
      length: 40 * minute,
      labels: ['50 min', '1 h', '1 h 10 min', '1 h 20 min', '1 h 30 min'],
    },
    { from: 0, length: 40, labels: ['0', '0:00.010', '0:00.020', '0:00.030', '0:00.040'] },
    { from: 2 * day, length: 3 * day, labels: ['2 d', '3 d', '4 d', '5 d'] },
    { from: hour, length: 30 * second, labels: ['1:00:00', '1:00:10', '1:00:20', '1:00:30'] },
  ])('over $length ms from $from: $labels', ({ from, length, labels: expected }) => {
    const origin = 1_700_000_000_123
    const range = { fromMs: origin + from, toMs: origin + from + length }
    expect(labels(elapsedTicks(range, origin, 4))).toEqual(expected)
  })
})

it('labels stay within the width, and one that would touch another is left out', () => {
  const ticks = [1, 15, 40, 99].map((t) => ({ t, label: '12345' }))
  const placed = placeLabels(ticks, { fromMs: 0, toMs: 100, width: 100 })
  expect(placed.map(({ x, middle, label }) => ({ x, middle, label }))).toEqual([
    { x: 1, middle: 17, label: '12345' },
    { x: 15, middle: 17, label: '' },
    { x: 40, middle: 40, label: '' },
    { x: 99, middle: 83, label: '12345' },
  ])
})
