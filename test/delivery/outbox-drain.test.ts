import { describe, expect, it } from 'vitest'
import { signals } from '../../src/otlp/signals.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { away, delivered, type OutboxBed, type OutboxBedOptions, outboxBed } from '../support/outbox-bed.ts'
import { idsOf, tinyBatch } from '../support/tiny-requests.ts'

const second = 1_000
const never = () => new Promise<never>(() => {})
const lateReason = 'not delivered in time, and not on disk'

const idsLeft = (spool: ReturnType<typeof memorySpool>) =>
  spool.left().flatMap(({ signal, bytes }) => idsOf(signal, bytes))

/** Drains, and says what came of it and how long it took. */
const drained = async ({ outbox, clock }: OutboxBed, limitMs: number) => {
  const startMs = clock.monotonicMs()
  let end: { readonly isDelivered: boolean; readonly ms: number } | undefined
  void outbox.drain(limitMs).then((isDelivered) => {
    end = { isDelivered, ms: clock.monotonicMs() - startMs }
  })
  await clock.advance(limitMs + 60 * second)
  return end
}

const emitAll = (bed: OutboxBed, id = 'a') => {
  for (const signal of signals) bed.emit(signal, [`${signal} ${id}`])
}

describe('the drain', () => {
  it('ends as soon as all is delivered', async () => {
    const bed = outboxBed({ answer: () => undefined, spool: memorySpool() })
    emitAll(bed)
    bed.clock.after(300, () => {
      for (const { answer } of bed.requests) answer(delivered)
    })
    expect(await drained(bed, 5 * second)).toEqual({ isDelivered: true, ms: 300 })
    expect(bed.closed()).toBe(3)
  })

  it('asks a place that is away more often', async () => {
    const spool = memorySpool()
    const bed = outboxBed({ answer: () => away, spool })
    emitAll(bed)
    await bed.clock.advance(second)
    const asked = bed.requests.length
    void bed.outbox.drain(5 * second)
    await bed.clock.advance(10)
    expect(spool.left()).toHaveLength(3)
    await bed.clock.advance(10 * second)
    expect(bed.requests.length - asked).toBeGreaterThanOrEqual(9)
    for (const signal of signals)
      expect(bed.counters[signal].tally).toMatchObject({ delivered: 0, dropped: 0, waiting: 1 })
  })

  it('delivers what is on disk without pauses when the place is back in time', async () => {
    let isAway = true
    const spool = memorySpool({ earlier: [tinyBatch('logs', ['earlier'])] })
    const bed = outboxBed({ answer: () => (isAway ? away : delivered), spool })
    await bed.outbox.replay()
    for (let at = 0; at < 30; at += 1) {
      emitAll(bed, `${at}`)
      await bed.clock.advance(second)
    }
    bed.clock.after(2 * second, () => {
      isAway = false
    })
    const end = await drained(bed, 5 * second)
    expect(end?.isDelivered).toBe(true)
    expect(end?.ms).toBeLessThan(2_600)
    expect(spool.left()).toEqual([])
    expect(bed.counters.logs.tally.replayed).toBe(1)
  })

  it('with no time puts everything on disk, and sends nothing more', async () => {
    const spool = memorySpool({ earlier: [tinyBatch('logs', ['earlier'])] })
    const bed = outboxBed({ answer: () => undefined, spool })
    await bed.outbox.replay()
    for (let at = 0; at < 3; at += 1) emitAll(bed, `${at}`)
    const asked = bed.requests.length
    expect(await drained(bed, 0)).toMatchObject({ isDelivered: false })
    expect(idsLeft(spool)).toHaveLength(10)
    expect(bed.requests.length).toBe(asked)
  })

  it('does not ask before the time that the place has named; what waits for it goes to disk', async () => {
    const spool = memorySpool()
    const bed = outboxBed({ answer: () => ({ ...away, afterMs: 60 * second }), spool })
    emitAll(bed)
    await bed.clock.advance(0)
    await drained(bed, 5 * second)
    expect(bed.requests).toHaveLength(3)
    expect(idsLeft(spool)).toHaveLength(3)
  })

  it('is the end: nothing is sent after it, and what still comes is counted as dropped', async () => {
    const bed = outboxBed({ answer: () => away, spool: memorySpool() })
    emitAll(bed)
    await drained(bed, second)
    const asked = bed.requests.length
    emitAll(bed, 'late')
    await bed.clock.advance(600 * second)
    expect(bed.requests.length).toBe(asked)
    for (const signal of signals)
      expect([...bed.counters[signal].reasons]).toEqual([['handed over after the end', 1]])
  })

  const hangs: readonly (readonly [string, OutboxBedOptions, Readonly<Record<string, number>>])[] = [
    ['the place', { answer: () => undefined, heedsAbort: false, spool: memorySpool() }, {}],
    ['the place, and there is no disk,', { answer: () => undefined, heedsAbort: false }, { [lateReason]: 1 }],
    ['the disk', { answer: () => away, spool: memorySpool({ before: never }) }, { [lateReason]: 1 }],
    [
      'the end of the spool',
      {
        answer: () => away,
        spool: memorySpool({ before: (call) => (call === 'close' ? never() : undefined) }),
      },
      {},
    ],
    [
      'everything',
      { answer: () => undefined, heedsAbort: false, spool: memorySpool({ before: never }) },
      { [lateReason]: 1 },
    ],
  ]
  it.each(hangs)('ends 2 s after its limit though %s hangs, all counted', async (_, options, reasons) => {
    const bed = outboxBed(options)
    emitAll(bed)
    await bed.clock.advance(5 * second)
    const end = await drained(bed, 2 * second)
    expect(end?.isDelivered).toBe(false)
    expect(end?.ms).toBeLessThanOrEqual(4_000)
    for (const signal of signals) {
      const { tally } = bed.counters[signal]
      expect(Object.fromEntries(bed.counters[signal].reasons)).toEqual(reasons)
      expect(tally.waiting + tally.dropped).toBe(1)
    }
    expect(bed.outbox.usedBytes()).toBe(0)
    expect(bed.closed()).toBe(3)
  })

  it('is not changed any more by what comes after it', async () => {
    const disk = Promise.withResolvers<void>()
    const spool = memorySpool({ before: () => disk.promise })
    const bed = outboxBed({
      answer: () => (bed.requests.length > 2 ? undefined : away),
      heedsAbort: false,
      spool,
    })
    emitAll(bed)
    await bed.clock.advance(5 * second)
    emitAll(bed, 'b')
    await drained(bed, second)
    const tallies = () => signals.map((signal) => ({ ...bed.counters[signal].tally }))
    const before = tallies()
    disk.resolve()
    for (const { answer } of bed.requests) answer(delivered)
    await bed.clock.advance(second)
    expect(tallies()).toEqual(before)
    expect(bed.outbox.usedBytes()).toBe(0)
    expect(before.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(6)
  })

  it('tries a disk that has refused once more', async () => {
    let isFull = true
    const spool = memorySpool({
      before: (call) => {
        if (isFull && call === 'append') throw new Error('ENOSPC')
      },
    })
    const bed = outboxBed({ answer: () => away, spool })
    emitAll(bed)
    await bed.clock.advance(5 * second)
    void bed.outbox.drain(second)
    await bed.clock.advance(500)
    expect(spool.left()).toEqual([])
    isFull = false
    await bed.clock.advance(second)
    expect(idsLeft(spool)).toHaveLength(3)
  })
})

describe('since when the oldest waits', () => {
  it('is known wherever it is', async () => {
    let isAway = true
    const bed = outboxBed({ answer: () => (isAway ? away : undefined), spool: memorySpool() })
    expect(bed.outbox.oldestAtMs('logs')).toBeUndefined()
    const startMs = bed.clock.now().getTime()
    bed.emit('logs', ['a'])
    expect(bed.outbox.oldestAtMs('logs')).toBe(startMs)
    await bed.clock.advance(30 * second)
    bed.emit('logs', ['b'])
    await bed.clock.advance(second)
    expect(bed.outbox.oldestAtMs('logs')).toBe(startMs)
    isAway = false
    await bed.clock.advance(10 * second)
    for (const { answer } of bed.requests) answer(delivered)
    await bed.clock.advance(10 * second)
    for (const { answer } of bed.requests) answer(delivered)
    await bed.clock.advance(0)
    expect(bed.outbox.oldestAtMs('logs')).toBeUndefined()
  })
})

it('what could not be answered in time is put on disk instead, and so not delivered twice', async () => {
  const spool = memorySpool()
  const bed = outboxBed({ answer: () => undefined, spool })
  const answerAll = () => {
    for (const { answer } of bed.requests) answer(delivered)
  }
  for (const id of ['a', 'b', 'c']) bed.emit('metrics', [id])
  await bed.clock.advance(500)
  answerAll()
  await bed.clock.advance(0)
  bed.clock.after(500, answerAll)
  await drained(bed, 600)
  expect(bed.sent('metrics')).toEqual([['a'], ['b']])
  expect(idsLeft(spool)).toEqual(['c'])
})
