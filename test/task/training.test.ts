import { expect, it } from 'vitest'
import { afterProgress, createTraining, hasAdvanced, untrained } from '../../src/task/training.ts'
import type { ProgressEvent } from '../../src/workload-events.ts'
import { manualClock } from '../support/manual-clock.ts'

const event = (fields: Partial<ProgressEvent>): ProgressEvent => ({
  type: 'progress',
  metrics: {},
  ...fields,
})
const after = (...events: Partial<ProgressEvent>[]) => events.map(event).reduce(afterProgress, untrained)

it.each([
  { what: 'nothing', events: [], percent: undefined },
  { what: 'a step alone', events: [{ step: 5 }], percent: undefined },
  { what: 'a step of so many', events: [{ step: 5, totalSteps: 20 }], percent: 25 },
  { what: 'the number of steps first', events: [{ totalSteps: 20 }, { step: 5 }], percent: 25 },
  { what: 'more steps than there are', events: [{ step: 30, totalSteps: 20 }], percent: 100 },
  { what: 'a percentage', events: [{ percent: 12.5 }], percent: 12.5 },
  { what: 'a percentage beside steps', events: [{ step: 5, totalSteps: 20, percent: 30 }], percent: 30 },
  { what: 'a loss after a percentage', events: [{ percent: 30 }, { metrics: { loss: 1 } }], percent: 30 },
  {
    what: 'a loss after a percentage and steps that do not agree',
    events: [{ step: 5, totalSteps: 20, percent: 30 }, { metrics: { loss: 1 } }],
    percent: 30,
  },
])('$what: $percent %', ({ events, percent }) => {
  expect(after(...events).percent).toBe(percent)
})

it('metrics stay until they are told anew', () => {
  const { metrics, epoch } = after({ epoch: 1, metrics: { loss: 1, grad: 2 } }, { metrics: { loss: 0.5 } })
  expect([metrics, epoch]).toEqual([{ loss: 0.5, grad: 2 }, 1])
})

it.each([
  { what: 'the first step', before: {}, next: { step: 1 }, is: true },
  { what: 'the next step', before: { step: 1 }, next: { step: 2 }, is: true },
  { what: 'the same step', before: { step: 2 }, next: { step: 2 }, is: false },
  { what: 'an earlier step', before: { step: 2 }, next: { step: 1 }, is: false },
  {
    what: 'an earlier step of a later epoch',
    before: { step: 9, epoch: 1 },
    next: { step: 1, epoch: 2 },
    is: true,
  },
  { what: 'a higher percentage', before: { percent: 1 }, next: { percent: 1.5 }, is: true },
  { what: 'another loss', before: { step: 1 }, next: { metrics: { loss: 3 } }, is: false },
])('$what is progress: $is', ({ before, next, is }) => {
  const state = after(before)
  expect(hasAdvanced(state, afterProgress(state, event(next)))).toBe(is)
})

it('the age counts from the last progress', async () => {
  const clock = manualClock()
  const training = createTraining(clock)
  await clock.advance(5_000)
  expect([training.ageMs(), training.hasAdvanced()]).toEqual([5_000, false])
  training.apply(event({ step: 1 }))
  await clock.advance(2_000)
  expect([training.ageMs(), training.hasAdvanced()]).toEqual([2_000, true])
  training.advance()
  expect(training.ageMs()).toBe(0)
})
