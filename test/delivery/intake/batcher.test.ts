import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../src/delivery/batch.ts'
import { createBatcher } from '../../../src/delivery/intake/batcher.ts'
import { manualClock } from '../../support/manual-clock.ts'

const bad = 'bad'

/** A batcher of words, and what became of them. */
const start = () => {
  const clock = manualClock()
  const batches: Batch[] = []
  const lost: (readonly [number, string])[] = []
  const batcher = createBatcher<string>({
    signal: 'logs',
    delayMs: 1_000,
    clock,
    accept: (batch) => batches.push(batch),
    onLost: (items, reason) => lost.push([items, reason]),
    serialize: (words) => {
      if (words.includes(bad)) throw new Error('no such word')
      return Buffer.from(words.join(' '))
    },
  })
  const texts = () => batches.map(({ bytes }) => Buffer.from(bytes).toString())
  return { clock, batches, lost, batcher, texts }
}

describe('a batch', () => {
  it('leaves when its first item has waited long enough', async () => {
    const { clock, batcher, texts, batches } = start()
    batcher.add('a')
    await clock.advance(900)
    batcher.add('b')
    expect(texts()).toEqual([])
    await clock.advance(100)
    expect(texts()).toEqual(['a b'])
    expect(batches[0]).toMatchObject({ signal: 'logs', items: 2, acceptedAtMs: clock.now().getTime() })
    await clock.advance(5_000)
    expect(texts()).toHaveLength(1)
  })

  it('leaves at once, in the same tick, when it is full', () => {
    const { batcher, batches } = start()
    for (let count = 0; count < 100_000; count += 1) batcher.add('x')
    expect(batches).toHaveLength(Math.floor(100_000 / 512))
    batcher.flush()
    expect(batches.reduce((sum, { items }) => sum + items, 0)).toBe(100_000)
  })

  it('leaves earlier when its items are long', () => {
    const { batcher, batches } = start()
    for (let count = 0; count < 6; count += 1) batcher.add('long', 100_000)
    expect(batches.map(({ items }) => items)).toEqual([3, 3])
  })

  it('is not made of nothing', () => {
    const { batcher, batches } = start()
    batcher.flush()
    expect(batches).toEqual([])
  })

  it('loses an item that cannot be serialised, and no other', () => {
    const { batcher, texts, lost } = start()
    for (const word of ['a', bad, 'b', bad, 'c']) batcher.add(word)
    batcher.flush()
    expect(texts()).toEqual(['a', 'b', 'c'])
    expect(lost).toEqual([
      [1, 'cannot be serialised: no such word'],
      [1, 'cannot be serialised: no such word'],
    ])
  })
})
