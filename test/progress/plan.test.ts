import { describe, expect, it } from 'vitest'
import {
  accept,
  afterFailure,
  afterWrite,
  beginPlan,
  initialState,
  nextAction,
  type Plan,
  type ProgressState,
} from '../../src/progress/plan.ts'

const pace = { heartbeatMs: 60_000, dwellMs: 6_000 }
const state = (percentComplete: number, name: string): ProgressState => ({
  percentComplete,
  name,
  metadata: {},
})

/** The plan after the states were accepted, none refused. */
const accepting = (plan: Plan, ...states: readonly ProgressState[]): Plan =>
  states.reduce((before, next) => {
    const acceptance = accept(before, next, { strategy: 'UPLOAD', isUsed: () => false })
    if (!acceptance.ok) throw new Error(acceptance.reason)
    return acceptance.plan
  }, plan)

describe('the next action', () => {
  const fresh = beginPlan(initialState, 0)
  const waiting = accepting(fresh, state(10, 'a'), state(20, 'b'))
  const failed = afterFailure(waiting, 6_000)

  it.each([
    { what: 'waits for the heartbeat', plan: fresh, nowMs: 0, action: { kind: 'wait', delayMs: 60_000 } },
    { what: 'beats after the interval', plan: fresh, nowMs: 60_000, action: { kind: 'beat' } },
    {
      what: 'lets the first state dwell',
      plan: waiting,
      nowMs: 1_000,
      action: { kind: 'wait', delayMs: 5_000 },
    },
    {
      what: 'publishes when the dwell is over',
      plan: waiting,
      nowMs: 6_000,
      action: { kind: 'publish', state: state(10, 'a') },
    },
    {
      what: 'publishes first when both are due',
      plan: waiting,
      nowMs: 90_000,
      action: { kind: 'publish', state: state(10, 'a') },
    },
    {
      what: 'waits a second after a failure',
      plan: failed,
      nowMs: 6_000,
      action: { kind: 'wait', delayMs: 1_000 },
    },
    {
      what: 'tries again then',
      plan: failed,
      nowMs: 7_000,
      action: { kind: 'publish', state: state(10, 'a') },
    },
    {
      what: 'does nothing more at 100',
      plan: beginPlan(state(100, 'end'), 0),
      nowMs: 1e9,
      action: { kind: 'wait', delayMs: Number.POSITIVE_INFINITY },
    },
  ])('$what', ({ plan, nowMs, action }) => {
    expect(nextAction(plan, nowMs, pace)).toEqual(action)
  })
})

it('retries after 1, 2, 4, 8, then every 10 seconds', () => {
  let plan = beginPlan(initialState, 0)
  const delays = [1, 2, 3, 4, 5, 6].map(() => {
    plan = afterFailure(plan, 0)
    return plan.retryAtMs
  })
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
})

it('keeps the order of states and starts the dwell of each when it is shown', () => {
  const first = accepting(beginPlan(initialState, 0), state(10, 'a'), state(20, 'b'))
  const second = afterWrite(first, { kind: 'publish', state: first.queue[0] ?? initialState }, 6_500)
  expect(second).toMatchObject({ shown: { name: 'a' }, shownSinceMs: 6_500, queue: [{ name: 'b' }] })
  expect(nextAction(second, 12_000, pace)).toEqual({ kind: 'wait', delayMs: 500 })
})

it('a heartbeat does not prolong the dwell', () => {
  const plan = accepting(beginPlan(initialState, 0), state(10, 'a'))
  expect(afterWrite(plan, { kind: 'beat' }, 3_000)).toMatchObject({ shownSinceMs: 0, writtenAtMs: 3_000 })
})

describe('a state is refused', () => {
  const plan = accepting(beginPlan(initialState, 0), state(40, 'a'))
  it.each([
    { next: state(39, 'b'), says: 'must not fall below 40' },
    { next: state(0, 'b'), says: 'percentComplete' },
    { next: state(101, 'b'), says: 'percentComplete' },
    { next: state(50.5, 'b'), says: 'percentComplete' },
    { next: state(Number.NaN, 'b'), says: 'percentComplete' },
    { next: state(50, ''), says: 'name' },
    { next: state(50, '.'), says: 'name' },
    { next: state(50, '..'), says: 'name' },
    { next: state(50, 'a/b'), says: 'name' },
    { next: state(50, 'x'.repeat(191)), says: 'name' },
    { next: state(50, 'old'), says: 'was used before' },
    { next: { ...state(50, 'b'), metadata: { big: 'x'.repeat(9 << 20) } }, says: 'metadata' },
  ])('$says: $next.percentComplete', ({ next, says }) => {
    const acceptance = accept(plan, next, { strategy: 'UPLOAD', isUsed: (name) => name === 'old' })
    expect(acceptance).toMatchObject({ ok: false, reason: expect.stringContaining(says) })
  })

  it('with 0 percent, which the platform takes only before the first name', () => {
    const acceptance = accept(beginPlan(initialState, 0), state(0, 'a'), {
      strategy: 'UPLOAD',
      isUsed: () => false,
    })
    expect(acceptance).toMatchObject({ ok: false, reason: expect.stringContaining('percentComplete is 0') })
  })

  it('once 100 was accepted', () => {
    const complete = accepting(plan, state(100, 'end'))
    const acceptance = accept(complete, state(100, 'more'), { strategy: 'UPLOAD', isUsed: () => false })
    expect(acceptance).toMatchObject({ ok: false, reason: expect.stringContaining('complete') })
  })
})

describe('where results are not uploaded', () => {
  const rules = { strategy: 'NONE', isUsed: () => true } as const

  it('percent may move alone, and a newer one takes the place of one that waits', () => {
    let plan = beginPlan(initialState, 0)
    for (const percent of [1, 2, 3]) {
      const acceptance = accept(plan, state(percent, ''), rules)
      if (acceptance.ok) plan = acceptance.plan
    }
    expect(plan.queue).toEqual([state(3, '')])
  })

  it('a newer percentage is not lost when the older one was just being written', () => {
    const older = state(1, '')
    const newer = state(2, '')
    const acceptance = accept({ ...beginPlan(initialState, 0), queue: [older] }, newer, rules)
    if (!acceptance.ok) throw new Error(acceptance.reason)
    const plan = afterWrite(acceptance.plan, { kind: 'publish', state: older }, 1)
    expect(plan).toMatchObject({ shown: older, queue: [newer] })
    expect(acceptance.replaced).toBe(older)
  })
})
