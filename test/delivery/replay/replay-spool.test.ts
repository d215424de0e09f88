import { describe, expect, it } from 'vitest'
import { signals } from '../../../src/otlp/signals.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { away, batchOf, delivered, fakeSender, memorySpool, replayAll } from './replaying.ts'

const through = { kind: 'through' }
const logs = (...names: readonly string[]) => names.map((name) => batchOf('logs', name))
const many = (count: number, prefix = 'n') => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

/** A collector that knows nobody at first, and takes all after so many attempts. */
const awayFor = (attempts: number) => {
  let asked = 0
  return () => {
    asked += 1
    return asked > attempts ? delivered : away
  }
}

it('delivers all signals, and leaves nothing behind', async () => {
  const spool = memorySpool(signals.flatMap((signal) => [batchOf(signal, 'a', 'b'), batchOf(signal, 'c')]))
  const senders = Object.fromEntries(signals.map((signal) => [signal, fakeSender(() => delivered)]))
  const { ends, counters } = await replayAll({ spool, senders })
  expect(ends).toEqual({ traces: through, metrics: through, logs: through })
  for (const signal of signals) {
    expect(senders[signal]?.took.toSorted()).toEqual(['a', 'b', 'c'])
    expect(counters[signal].tally).toMatchObject({ replayed: 3, dropped: 0, retried: 0 })
    expect(spool.names(signal)).toEqual([])
  }
})

it('asks nobody where nothing waits, and leaves what goes nowhere', async () => {
  const spool = memorySpool(logs('a'))
  const traces = fakeSender(() => delivered)
  const { ends } = await replayAll({ spool, senders: { traces } })
  expect(ends).toEqual({
    traces: through,
    metrics: through,
    logs: { kind: 'left', reason: 'no destination' },
  })
  expect(traces.asked).toEqual([])
  expect(spool.names('logs')).toEqual(['a'])
})

describe('requests', () => {
  const answerLate = async () => {
    await new Promise(setImmediate)
    return delivered
  }

  it.each([
    { signal: 'logs', most: 4 },
    { signal: 'traces', most: 4 },
    { signal: 'metrics', most: 1 },
  ] as const)('of $signal are under way $most at a time', async ({ signal, most }) => {
    const limits = { maxItems: 1, maxBytes: 10 }
    const sender = fakeSender(answerLate)
    const spool = memorySpool(many(20).map((name) => batchOf(signal, name)))
    await replayAll({ spool, senders: { [signal]: sender }, limits })
    expect(sender.mostUnderWay()).toBe(most)
    expect(sender.took).toHaveLength(20)
  })

  it('of metrics keep their order, and are joined to nothing, also when some have to be sent again', async () => {
    const names = many(9)
    const spool = memorySpool(names.map((name) => batchOf('metrics', name)))
    let asked = 0
    const sender = fakeSender(() => {
      asked += 1
      return asked % 3 === 0 ? away : delivered
    })
    await replayAll({ spool, senders: { metrics: sender }, limits: { maxItems: 100, maxBytes: 2 ** 20 } })
    expect(sender.took).toEqual(names)
    expect(new Set(sender.asked)).toEqual(new Set(names))
  })

  it.each([
    { by: 'items', limits: { maxItems: 3, maxBytes: 2 ** 20 }, asked: ['a+b+c', 'd+e+f', 'g'] },
    { by: 'bytes', limits: { maxItems: 99, maxBytes: 25 }, asked: ['a+b', 'c+d', 'e+f', 'g'] },
  ])('are joined up to a limit of $by', async ({ limits, asked }) => {
    const sender = fakeSender(() => delivered)
    await replayAll({
      spool: memorySpool(logs('a', 'b', 'c', 'd', 'e', 'f', 'g')),
      senders: { logs: sender },
      limits,
    })
    expect(sender.asked).toEqual(asked)
  })

  it('may be larger than the limit when a batch is', async () => {
    const sender = fakeSender(() => delivered)
    const spool = memorySpool([batchOf('logs', 'a', 'b', 'c'), ...logs('d')])
    await replayAll({ spool, senders: { logs: sender }, limits: { maxItems: 2, maxBytes: 5 } })
    expect(sender.asked.toSorted()).toEqual(['a+b+c', 'd'])
  })
})

describe('a collector that is away', () => {
  it('gets it when it is back, once', async () => {
    const spool = memorySpool(logs('a', 'b', 'c'))
    const sender = fakeSender(awayFor(7))
    const { ends, counters, tookMs } = await replayAll({ spool, senders: { logs: sender } })
    expect(ends.logs).toEqual(through)
    expect(sender.took.toSorted()).toEqual(['a', 'b', 'c'])
    expect(counters.logs.tally).toMatchObject({ replayed: 3, retried: 7, dropped: 0 })
    expect(tookMs).toBeGreaterThanOrEqual(500)
    expect(tookMs).toBeLessThan(20_000)
  })

  it('is asked more and more seldom, at least every 4 seconds', async () => {
    const clock = manualClock()
    const askedAt: number[] = []
    const sender = fakeSender(() => {
      askedAt.push(clock.monotonicMs())
      return away
    })
    const spool = memorySpool([batchOf('metrics', 'a')])
    await replayAll({ spool, senders: { metrics: sender }, clock })
    const pauses = askedAt.slice(1).map((atMs, index) => Math.round(atMs - (askedAt[index] ?? 0)))
    expect(pauses[0]).toBe(500)
    expect(pauses[1]).toBeGreaterThan(500)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(4_000)
    expect(pauses.slice(8, -1).every((pauseMs) => pauseMs === 4_000)).toBe(true)
  })

  it('is asked as often when several requests are under way', async () => {
    const clock = manualClock()
    const askedAt = new Set<number>()
    const sender = fakeSender(() => {
      askedAt.add(clock.monotonicMs())
      return away
    })
    await replayAll({ spool: memorySpool(logs(...many(20))), senders: { logs: sender }, clock })
    const [first = 0, second = 0, third = 0] = askedAt
    expect([second - first, third - second]).toEqual([500, 800])
  })

  it('is given up after the limit, with everything in place and in order', async () => {
    const names = many(30)
    const spool = memorySpool(logs(...names))
    const sender = fakeSender(() => away)
    const { ends, counters, tookMs } = await replayAll({
      ...{ spool, senders: { logs: sender }, giveUpAfterMs: 5_000 },
    })
    expect(ends.logs).toEqual({ kind: 'left', reason: 'not taken: connection refused' })
    expect(spool.names('logs')).toEqual(names)
    expect(counters.logs.tally).toMatchObject({ replayed: 0, dropped: 0 })
    expect(tookMs).toBeGreaterThanOrEqual(5_000)
    expect(tookMs).toBeLessThan(6_000)
  })

  it('is not given up while it takes something now and then', async () => {
    let asked = 0
    const sender = fakeSender(() => {
      asked += 1
      return asked % 5 === 0 ? delivered : away
    })
    const spool = memorySpool(many(20).map((name) => batchOf('metrics', name)))
    const { ends, tookMs } = await replayAll({
      ...{ spool, senders: { metrics: sender }, giveUpAfterMs: 5_000 },
    })
    expect(ends.metrics).toEqual(through)
    expect(tookMs).toBeGreaterThan(20_000)
  })

  it('keeps no other signal from being delivered', async () => {
    const spool = memorySpool([...logs('a'), batchOf('traces', 'b')])
    const traces = fakeSender(() => delivered)
    const { ends } = await replayAll({ spool, senders: { logs: fakeSender(() => away), traces } })
    expect(ends).toMatchObject({ logs: { kind: 'left' }, traces: through })
    expect(traces.took).toEqual(['b'])
  })
})

describe('a collector that says when to come again', () => {
  it('is left alone until then', async () => {
    const clock = manualClock()
    const askedAt: number[] = []
    const sender = fakeSender(() => {
      askedAt.push(clock.monotonicMs())
      return askedAt.length > 4 ? delivered : { kind: 'retry', reason: 'HTTP 429', afterMs: 7_000 }
    })
    await replayAll({ spool: memorySpool(logs('a', 'b', 'c', 'd')), senders: { logs: sender }, clock })
    expect(sender.took).toHaveLength(4)
    expect(askedAt.some((atMs) => atMs > 100 && atMs < 7_000)).toBe(false)
  })

  it('is given up at once when that is too late', async () => {
    const sender = fakeSender(() => ({ kind: 'retry', reason: 'HTTP 429', afterMs: 120_000 }))
    const spool = memorySpool(logs('a'))
    const { ends, tookMs } = await replayAll({ spool, senders: { logs: sender } })
    expect(ends.logs).toEqual({
      kind: 'left',
      reason: 'not taken: HTTP 429, to be asked again in 2 min',
    })
    expect(tookMs).toBeLessThan(1_000)
    expect(spool.names('logs')).toEqual(['a'])
  })
})

describe('what is too large', () => {
  const mostItems = (most: number) =>
    fakeSender((names) => (names.length > most ? { kind: 'too-large', reason: 'HTTP 413' } : delivered))

  it('is sent in smaller requests, in order', async () => {
    const names = many(10)
    const sender = mostItems(2)
    const spool = memorySpool([batchOf('metrics', ...names)])
    const { ends, counters } = await replayAll({ spool, senders: { metrics: sender } })
    expect(ends.metrics).toEqual(through)
    expect(sender.took).toEqual(names)
    expect(counters.metrics.tally).toMatchObject({ replayed: 10, dropped: 0 })
    expect(spool.names('metrics')).toEqual([])
  })

  it('is taken apart between batches first', async () => {
    const sender = mostItems(3)
    const spool = memorySpool([batchOf('logs', 'a', 'b', 'c'), ...logs('d', 'e')])
    await replayAll({ spool, senders: { logs: sender }, limits: { maxItems: 9, maxBytes: 2 ** 20 } })
    expect(sender.asked).toEqual(['a+b+c+d+e', 'a+b+c+d', 'a+b+c', 'd', 'e'])
  })

  it('is dropped, with its reason, when it is a single item', async () => {
    const sender = fakeSender((names) =>
      names.includes('huge') ? { kind: 'too-large', reason: 'HTTP 413' } : delivered,
    )
    const spool = memorySpool([...logs('a'), batchOf('logs', 'b', 'huge', 'c')])
    const { ends, counters } = await replayAll({ spool, senders: { logs: sender } })
    expect(ends.logs).toEqual(through)
    expect(sender.took.toSorted()).toEqual(['a', 'b', 'c'])
    expect(counters.logs.tally).toMatchObject({ replayed: 3, dropped: 1 })
    expect([...counters.logs.reasons]).toEqual([['HTTP 413', 1]])
    expect(spool.names('logs')).toEqual([])
  })

  it('is not sent twice when the collector goes away in between: only the rest waits', async () => {
    let isAway = false
    const sender = fakeSender((names) => {
      if (isAway) return away
      if (names.length > 2) return { kind: 'too-large', reason: 'HTTP 413' }
      isAway = true
      return delivered
    })
    const spool = memorySpool([batchOf('logs', 'a', 'b', 'c', 'd', 'e', 'f')])
    const { ends, counters } = await replayAll({ spool, senders: { logs: sender }, giveUpAfterMs: 2_000 })
    expect(ends.logs.kind).toBe('left')
    expect([...sender.took, ...spool.names('logs')]).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(counters.logs.tally.replayed).toBe(sender.took.length)
  })

  it('waits as it was when the collector goes away before it took any of it', async () => {
    const append = async () => {
      throw new Error('nothing is to be written')
    }
    const sender = fakeSender((names) =>
      names.length > 2 ? { kind: 'too-large', reason: 'HTTP 413' } : away,
    )
    const spool = memorySpool([batchOf('logs', 'a', 'b', 'c', 'd')], { append })
    const { troubles } = await replayAll({ spool, senders: { logs: sender }, giveUpAfterMs: 2_000 })
    expect(troubles).toEqual([])
    expect(spool.names('logs')).toEqual(['a', 'b', 'c', 'd'])
  })

  it('stays when nothing is taken however small it is', async () => {
    const sender = fakeSender(() => ({ kind: 'too-large', reason: 'HTTP 413' }))
    const spool = memorySpool([batchOf('logs', 'a', 'b', 'c', 'd')])
    const { ends, counters } = await replayAll({ spool, senders: { logs: sender } })
    expect(ends.logs).toEqual({ kind: 'left', reason: 'nothing was taken, and this refused: HTTP 413' })
    expect(counters.logs.tally.dropped).toBe(0)
    expect(spool.names('logs')).toEqual(['a', 'b', 'c', 'd'])
  })

  it('waits as a whole when the disk has no room for the rest, which is told', async () => {
    let isAway = false
    const sender = fakeSender((names) => {
      if (isAway) return away
      if (names.length > 1) return { kind: 'too-large', reason: 'HTTP 413' }
      isAway = true
      return delivered
    })
    const append = async () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    const spool = memorySpool([batchOf('logs', 'a', 'b')], { append })
    const { troubles } = await replayAll({ spool, senders: { logs: sender }, giveUpAfterMs: 2_000 })
    expect(spool.names('logs')).toEqual(['a', 'b'])
    expect(troubles).toEqual([expect.stringContaining('ENOSPC')])
  })
})

describe('what is refused', () => {
  const refusing = (...bad: readonly string[]) =>
    fakeSender((names) =>
      names.some((name) => bad.includes(name)) ? { kind: 'refused', reason: 'HTTP 400' } : delivered,
    )

  it('costs only itself, is dropped, and counted by reason', async () => {
    const sender = refusing('c')
    const spool = memorySpool(logs('a', 'b', 'c', 'd'))
    const { ends, counters } = await replayAll({
      ...{ spool, senders: { logs: sender }, limits: { maxItems: 4, maxBytes: 2 ** 20 } },
    })
    expect(ends.logs).toEqual(through)
    expect(sender.asked).toEqual(['a+b+c+d', 'a', 'b', 'c', 'd'])
    expect([...counters.logs.reasons]).toEqual([['HTTP 400', 1]])
    expect(spool.names('logs')).toEqual([])
  })

  it('is dropped also when it comes before the first that is taken', async () => {
    const spool = memorySpool(many(6).map((name) => batchOf('metrics', name)))
    const sender = refusing('n0', 'n1', 'n2')
    const { ends, counters } = await replayAll({ spool, senders: { metrics: sender } })
    expect(ends.metrics).toEqual(through)
    expect(counters.metrics.tally).toMatchObject({ replayed: 3, dropped: 3 })
    expect(spool.names('metrics')).toEqual([])
  })

  it.each([
    { what: 'a few', names: many(3) },
    { what: 'many', names: many(50) },
  ])('stays when nothing at all is taken, as by a wrong key: $what', async ({ names }) => {
    const spool = memorySpool(names.map((name) => batchOf('metrics', name)))
    const sender = fakeSender(() => ({ kind: 'refused', reason: 'HTTP 401' }))
    const { ends, counters } = await replayAll({ spool, senders: { metrics: sender } })
    expect(ends.metrics).toEqual({
      kind: 'left',
      reason: 'nothing was taken, and this refused: HTTP 401',
    })
    expect(counters.metrics.tally.dropped).toBe(0)
    expect(spool.names('metrics')).toEqual(names)
    expect(sender.asked.length).toBeLessThanOrEqual(10)
  })

  it('in part is counted by the number that the collector says', async () => {
    const sender = fakeSender(() => ({ kind: 'delivered', rejected: 2, reason: 'too old' }))
    const spool = memorySpool([batchOf('logs', 'a', 'b', 'c')])
    const { counters } = await replayAll({ spool, senders: { logs: sender } })
    expect(counters.logs.tally).toMatchObject({ replayed: 1, dropped: 2 })
    expect([...counters.logs.reasons]).toEqual([['rejected: too old', 2]])
  })
})

describe('when it has to end early', () => {
  it('takes the answers that come within a second, and puts the rest back', async () => {
    const stop = new AbortController()
    const clock = manualClock()
    const sender = fakeSender(
      (_, { abort }) =>
        new Promise((resolve) => {
          stop.abort('SIGINT')
          clock.after(500, () => resolve(delivered))
          abort?.addEventListener('abort', () => resolve(away))
        }),
    )
    const names = many(20)
    const spool = memorySpool(names.map((name) => batchOf('metrics', name)))
    const { ends } = await replayAll({ spool, senders: { metrics: sender }, clock, stop: stop.signal })
    expect(ends.metrics).toEqual({ kind: 'left', reason: 'ended by SIGINT' })
    expect([...sender.took, ...spool.names('metrics')]).toEqual(names)
    expect(sender.took).toEqual(['n0'])
  })

  it('gives up what hangs', async () => {
    const stop = new AbortController()
    const sender = fakeSender(
      (_, { abort }) =>
        new Promise((resolve) => {
          stop.abort('SIGTERM')
          abort?.addEventListener('abort', () => resolve(away))
        }),
    )
    const spool = memorySpool(logs('a', 'b'))
    const { ends, tookMs } = await replayAll({ spool, senders: { logs: sender }, stop: stop.signal })
    expect(ends.logs).toEqual({ kind: 'left', reason: 'ended by SIGTERM' })
    expect(spool.names('logs')).toEqual(['a', 'b'])
    expect(tookMs).toBeLessThan(2_000)
  })

  it('does not wait for a collector that is away', async () => {
    const stop = new AbortController()
    const clock = manualClock()
    clock.after(3_000, () => stop.abort('SIGINT'))
    const spool = memorySpool(logs('a', 'b'))
    const { tookMs } = await replayAll({
      ...{ spool, senders: { logs: fakeSender(() => away) }, clock, stop: stop.signal },
    })
    expect(tookMs).toBeLessThan(4_200)
    expect(spool.names('logs')).toEqual(['a', 'b'])
    expect(clock.pending()).toBe(0)
  })
})

describe('a disk that fails', () => {
  const fail = async () => {
    throw Object.assign(new Error('a broken disk'), { code: 'EIO' })
  }

  it('while reading, ends the signal', async () => {
    const spool = memorySpool(logs('a'), { take: fail })
    const { ends } = await replayAll({ spool, senders: { logs: fakeSender(() => delivered) } })
    expect(ends.logs).toEqual({ kind: 'left', reason: 'the spool cannot be read (EIO)' })
  })

  it('while settling, is told once: what was delivered may come twice', async () => {
    const spool = memorySpool(logs('a', 'b'), { settle: fail })
    const { ends, troubles } = await replayAll({ spool, senders: { logs: fakeSender(() => delivered) } })
    expect(ends.logs).toEqual(through)
    expect(troubles).toEqual([expect.stringContaining('EIO')])
  })
})
