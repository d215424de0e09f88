import { expect, it } from 'vitest'
import { drain } from '../../src/delivery/drain.ts'
import { manualClock } from '../support/manual-clock.ts'

const never = () => new Promise<void>(() => {})

it('waits for all parts, though one of them fails at once', async () => {
  const slow = Promise.withResolvers<void>()
  let isThrough = false
  const failing = async () => {
    throw new Error('no collector')
  }
  const throwing = () => {
    throw new Error('not even a promise')
  }
  const draining = drain(
    [{ shutdown: failing }, { shutdown: throwing }, { shutdown: () => slow.promise }],
    5_000,
    manualClock(),
  )
  void draining.then(() => {
    isThrough = true
  })
  await new Promise(setImmediate)
  expect(isThrough).toBe(false)
  slow.resolve()
  expect(await draining).toBe(true)
})

it('asks every part at the same moment', async () => {
  const asked: string[] = []
  const part = (name: string) => ({
    shutdown: () => {
      asked.push(name)
      return never()
    },
  })
  const clock = manualClock()
  const draining = drain([part('traces'), part('metrics'), part('logs')], 5_000, clock)
  expect(asked).toEqual(['traces', 'metrics', 'logs'])
  await clock.advance(5_000)
  expect(await draining).toBe(false)
})

it('gives up at the limit and leaves no timer behind', async () => {
  const clock = manualClock()
  const draining = drain([{ shutdown: never }], 5_000, clock)
  await clock.advance(4_999)
  expect(clock.pending()).toBe(1)
  await clock.advance(1)
  expect(await draining).toBe(false)
  expect(clock.pending()).toBe(0)
})
