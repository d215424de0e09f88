import { expect, it } from 'vitest'
import { families } from '../../src/logbook/entry.ts'
import type { Shelf } from '../../src/logbook/shelf.ts'
import { createWriter } from '../../src/logbook/writer.ts'
import { manualClock } from '../support/manual-clock.ts'

it('what is due during a slow write is asked for once that is over, though no line waits', async () => {
  const clock = manualClock()
  const { promise: written, resolve: goOn } = Promise.withResolvers<number>()
  const shelf: Shelf = {
    bytes: () => 0,
    append: () => written,
    tidy: async () => {},
    close: async () => {},
  }
  let flushes = 0
  const writer = createWriter({
    shelves: Promise.resolve({ facts: shelf, curves: shelf, spans: shelf, logs: shelf }),
    clock,
    onFlush: () => {
      flushes += 1
    },
    onLeftOut: () => {},
    onFailure: () => {},
  })
  for (const family of families) writer.add(family, { text: '{}\n', bytes: 3 })
  await clock.advance(1_000)
  expect(flushes).toBe(1)
  writer.arm()
  await clock.advance(1_000)
  expect(flushes).toBe(1)
  goOn(0)
  await clock.advance(1_000)
  expect(flushes).toBe(2)
})
