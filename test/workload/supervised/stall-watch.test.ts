import { expect, it } from 'vitest'
import { createTraining } from '../../../src/task/training.ts'
import { watchForStall } from '../../../src/workload/supervised/stall-watch.ts'
import { manualClock } from '../../support/manual-clock.ts'

const start = () => {
  const clock = manualClock()
  const training = createTraining(clock)
  const stalls: number[] = []
  const facts = { isSaving: false, lastOutputMs: 0 }
  const end = watchForStall({
    limitMs: 60_000,
    training,
    clock,
    lastOutputMs: () => facts.lastOutputMs,
    isSaving: () => facts.isSaving,
    onStall: (ms) => stalls.push(ms),
  })
  const step = (count: number) => training.apply({ type: 'progress', step: count, metrics: {} })
  return { clock, facts, stalls, step, end }
}

it('a training without progress for so long has stalled, once', async () => {
  const { clock, stalls, step } = start()
  step(1)
  await clock.advance(59_000)
  expect(stalls).toEqual([])
  await clock.advance(600_000)
  expect(stalls).toEqual([60_000])
})

it('each step starts the time anew; to report the same step does not', async () => {
  const { clock, stalls, step } = start()
  for (let count = 1; count <= 5; count += 1) {
    await clock.advance(50_000)
    step(count)
  }
  expect(stalls).toEqual([])
  for (let seconds = 0; seconds < 60; seconds += 10) {
    await clock.advance(10_000)
    step(5)
  }
  expect(stalls).toHaveLength(1)
})

it('output counts as long as nothing else was ever told, and not after', async () => {
  const { clock, facts, stalls, step } = start()
  for (let minute = 0; minute < 3; minute += 1) {
    await clock.advance(50_000)
    facts.lastOutputMs = clock.monotonicMs()
  }
  expect(stalls).toEqual([])
  step(1)
  await clock.advance(59_000)
  facts.lastOutputMs = clock.monotonicMs()
  await clock.advance(1_000)
  expect(stalls).toHaveLength(1)
})

it('the time to save a checkpoint does not count', async () => {
  const { clock, facts, stalls, step } = start()
  step(1)
  facts.isSaving = true
  await clock.advance(600_000)
  expect(stalls).toEqual([])
  facts.isSaving = false
  await clock.advance(61_000)
  expect(stalls).toHaveLength(1)
})

it('who was suspended has not stalled', async () => {
  const { clock, stalls, step } = start()
  step(1)
  await clock.advance(30_000)
  clock.suspend(600_000)
  await clock.advance(50_000)
  expect(stalls).toEqual([])
  await clock.advance(60_000)
  expect(stalls).toHaveLength(1)
})

it('a watch that was ended stays silent', async () => {
  const { clock, stalls, end } = start()
  end()
  await clock.advance(600_000)
  expect(stalls).toEqual([])
  expect(clock.pending()).toBe(0)
})
