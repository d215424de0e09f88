import { describe, expect, it } from 'vitest'
import { createLink, type Member } from '../../src/delivery/link.ts'
import { manualClock } from '../support/manual-clock.ts'

/** A link with three signals that always have something to send; what a destination says of each can be set. */
const threeSignals = (random = 0.5) => {
  const clock = manualClock()
  const link = createLink(clock, () => random)
  const names = ['traces', 'metrics', 'logs'] as const
  type Name = (typeof names)[number]
  const refused = new Set<Name>()
  const asked: { readonly name: Name; readonly atMs: number; readonly isTaken: boolean }[] = []
  let most = 0
  let underWay = 0
  const members = new Map<Name, Member>()
  const timers = new Map<Name, () => void>()
  const ask = (name: Name, member: Member) => {
    member.sent()
    underWay += 1
    most = Math.max(most, underWay)
    clock.after(20, () => {
      underWay -= 1
      const isTaken = !refused.has(name)
      asked.push({ name, atMs: clock.monotonicMs(), isTaken })
      if (isTaken) member.succeeded()
      else member.failed()
      turn(name)
    })
  }
  const turn = (name: Name) => {
    timers.get(name)?.()
    const member = members.get(name)
    if (member === undefined) return
    // one that is well has something each second
    const waitMs = member.downMs() === undefined && member.waitMs() === 0 ? 1_000 : member.waitMs()
    if (waitMs === Number.POSITIVE_INFINITY) return
    const wake = () => (member.waitMs() > 0 ? turn(name) : ask(name, member))
    if (waitMs === 0) ask(name, member)
    else timers.set(name, clock.after(waitMs, wake))
  }
  for (const name of names)
    members.set(
      name,
      link.join(() => turn(name)),
    )
  return {
    clock,
    link,
    asked,
    start: () => names.forEach(turn),
    refuse: (...those: readonly Name[]) => {
      refused.clear()
      for (const name of those) refused.add(name)
    },
    since: (atMs: number) => asked.filter((one) => one.atMs > atMs),
    forgetMost: () => {
      most = underWay
    },
    most: () => most,
    member: (name: Name) => members.get(name),
  }
}

describe('while a place takes nothing', () => {
  it('one of its signals asks at a time, and each in turn', async () => {
    const three = threeSignals()
    three.refuse('traces', 'metrics', 'logs')
    three.start()
    await three.clock.advance(3_000)
    three.forgetMost()
    await three.clock.advance(120_000)
    expect(three.most()).toBe(1)
    const asked = three.since(3_000)
    // a pause is 4 s × 0.8 at most
    expect(asked.length).toBeGreaterThan(25)
    expect(asked.length).toBeLessThan(40)
    for (const name of ['traces', 'metrics', 'logs'])
      expect(asked.filter((one) => one.name === name).length).toBeGreaterThan(5)
  })

  it('is asked again within five seconds', async () => {
    const three = threeSignals(1)
    three.refuse('traces', 'metrics', 'logs')
    three.start()
    await three.clock.advance(600_000)
    three.refuse()
    await three.clock.advance(4_600)
    expect(three.since(600_000).filter(({ isTaken }) => isTaken).length).toBeGreaterThan(0)
  })

  it('the first that is taken wakes the others at once', async () => {
    const three = threeSignals()
    three.refuse('traces', 'metrics', 'logs')
    three.start()
    await three.clock.advance(60_000)
    three.refuse()
    await three.clock.advance(10_000)
    const [first] = three.since(60_000).filter(({ isTaken }) => isTaken)
    for (const name of ['traces', 'metrics', 'logs'] as const)
      expect(three.member(name)?.downMs()).toBeUndefined()
    const soon = three.since(60_000).filter(({ atMs }) => atMs <= (first?.atMs ?? 0) + 1_020)
    expect(new Set(soon.map(({ name }) => name)).size).toBe(3)
  })

  it('is asked each half second at least by who is in a hurry', async () => {
    const three = threeSignals()
    three.refuse('traces', 'metrics', 'logs')
    three.start()
    await three.clock.advance(60_000)
    three.link.hurry()
    await three.clock.advance(5_000)
    expect(three.since(60_000).length).toBeGreaterThanOrEqual(9)
  })
})

it('who waits for an answer to another signal is woken by it, even if all was well before it came', () => {
  const clock = manualClock()
  let woken = 0
  const link = createLink(clock, () => 0)
  const [one, other, third] = [link.join(() => {}), link.join(() => {}), link.join(() => (woken += 1))]
  for (const member of [one, other, third]) member.sent()
  one.failed(0)
  other.failed(0)
  clock.suspend(1_000)
  one.sent()
  // an earlier request of the second signal is taken, then an earlier one of the third is not
  other.succeeded()
  third.failed()
  expect(third.waitMs()).toBe(Number.POSITIVE_INFINITY)
  one.succeeded()
  expect([woken, third.waitMs()]).toEqual([1, 0])
})

describe('a signal that alone is not taken', () => {
  it('keeps nobody else off, neither before nor after an outage', async () => {
    const three = threeSignals()
    three.refuse('traces')
    three.start()
    await three.clock.advance(60_000)
    const others = () => three.asked.filter(({ name, isTaken }) => name !== 'traces' && isTaken).length
    expect(others()).toBeGreaterThan(110)
    three.refuse('traces', 'metrics', 'logs')
    await three.clock.advance(60_000)
    three.refuse('traces')
    await three.clock.advance(60_000)
    expect(others()).toBeGreaterThan(200)
  })

  it('asks with its own pauses, however well the others do', async () => {
    const three = threeSignals()
    three.refuse('traces')
    three.start()
    await three.clock.advance(120_000)
    const asked = three.since(60_000).filter(({ name }) => name === 'traces')
    expect(asked.length).toBeLessThan(20)
    expect(asked.length).toBeGreaterThan(12)
  })
})

describe('a place that names a time', () => {
  const waitAfter = (afterMs: number, random: number) => {
    const clock = manualClock()
    const member = createLink(clock, () => random).join(() => {})
    member.sent()
    member.failed(afterMs)
    return member.waitMs()
  }

  it.each([
    [0, 0, 300],
    [1_000, 0, 1_000],
    [1_000, 1, 1_500],
    [30_000, 0, 30_000],
    [30_000, 1, 33_000],
  ])('%i ms is not asked before, with %f at random for %i ms', (afterMs, random, waitMs) => {
    expect(waitAfter(afterMs, random)).toBeCloseTo(waitMs)
  })

  it('is not asked before either when others of its signals are taken', async () => {
    const clock = manualClock()
    const link = createLink(clock, () => 0)
    const [one, other] = [link.join(() => {}), link.join(() => {})]
    for (const member of [one, other]) member.sent()
    one.failed(60_000)
    other.failed()
    await clock.advance(5_000)
    other.sent()
    other.succeeded()
    expect([one.waitMs(), other.waitMs()]).toEqual([55_000, 0])
    expect(one.downMs()).toBe(5_000)
  })
})
