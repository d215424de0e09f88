import { expect, it } from 'vitest'
import type { LogbookEntry } from '../../src/logbook/entry.ts'
import { createSeries, mostSeries } from '../../src/logbook/series.ts'

const open = (serial = 3) => {
  const entries: LogbookEntry[] = []
  const idOf = createSeries({ serial, add: (entry) => entries.push(entry), now: () => 5 })
  return { entries, idOf }
}
const gauge = (name: string, attributes: Readonly<Record<string, string | number>> = {}) =>
  ({ name, unit: 'By', kind: 'gauge', attributes }) as const

it('a curve is told once, with an id of its own', () => {
  const { entries, idOf } = open()
  const ids = [gauge('a'), gauge('b'), gauge('a')].map(idOf)
  expect(ids).toEqual([3_000, 3_001, 3_000])
  expect(entries).toEqual([
    { k: 'series', t: 5, id: 3_000, ...gauge('a') },
    { k: 'series', t: 5, id: 3_001, ...gauge('b') },
  ])
})

it('attributes tell curves apart, in whatever order', () => {
  const { idOf } = open()
  const first = idOf(gauge('a', { x: 1, y: '2' }))
  expect(idOf(gauge('a', { y: '2', x: 1 }))).toBe(first)
  expect(idOf(gauge('a', { x: '1', y: '2' }))).not.toBe(first)
  expect(idOf(gauge('a'))).not.toBe(first)
})

it('beyond a thousand there are no more, which is said once', () => {
  const { entries, idOf } = open()
  const ids = Array.from({ length: mostSeries + 5 }, (_, index) => idOf(gauge(`m${index}`)))
  expect(ids.filter((id) => id === undefined)).toHaveLength(5)
  expect(Math.max(...ids.map((id) => id ?? 0))).toBeLessThan(4_000)
  expect(entries.filter(({ k }) => k === 'moment')).toMatchObject([
    { severity: 'WARN', text: 'not in the logbook: curves beyond the first 1000, such as m1000' },
  ])
  expect(idOf(gauge('m0'))).toBe(3_000)
})
