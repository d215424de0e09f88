import { expect, it } from 'vitest'
import { makeSegment } from '../../../src/delivery/spool/segment.ts'

const factsOf = (index: number) => ({
  signal: 'logs' as const,
  items: index + 1,
  offset: 2 ** 33 + index,
  length: index * 2,
  acceptedAtMs: 1_700_000_000_000.5 + index,
})

it('keeps any number of records as they were, and what is live of them', () => {
  const segment = makeSegment({ directory: 'a', path: 'a/b', origin: 'own' }, 0)
  const indexes = Array.from({ length: 1_000 }, (_, index) => index)
  for (const index of indexes) segment.add(factsOf(index))
  expect(indexes.map(segment.facts)).toEqual(indexes.map(factsOf))
  for (const index of indexes) segment.setState(index, index % 2 ? 'settled' : 'taken')
  for (const index of indexes) segment.setState(index, index % 2 ? 'settled' : 'taken')
  expect(segment.live.logs).toEqual({ batches: 500, items: 250_000, bytes: 499_000 })
  expect(segment.nextWaiting('logs')).toBeUndefined()
  segment.setState(998, 'waiting')
  segment.setState(10, 'waiting')
  expect([segment.nextWaiting('logs'), segment.nextWaiting('logs', 11)]).toEqual([10, 998])
  expect([segment.nextWaiting('traces'), segment.firstLive('traces')]).toEqual([undefined, undefined])
  expect(segment.firstLive('logs')).toBe(0)
  expect([...segment.allWaiting()]).toEqual([10, 998])
})

it('starts anew when its file was cut to nothing', () => {
  const segment = makeSegment({ directory: 'a', path: 'a/b', origin: 'own' }, 0)
  for (const index of [7, 8]) segment.add(factsOf(index))
  for (const index of [0, 1]) segment.setState(index, 'settled')
  expect(segment.isSettled()).toBe(true)
  segment.clear()
  segment.add(factsOf(3))
  expect([segment.nextWaiting('logs'), segment.firstLive('logs')]).toEqual([0, 0])
  expect([segment.oldestAtMs(), segment.newestAtMs()]).toEqual([
    factsOf(3).acceptedAtMs,
    factsOf(3).acceptedAtMs,
  ])
})
