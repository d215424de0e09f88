import { describe, expect, it } from 'vitest'
import { signals } from '../../src/otlp/signals.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { away, delivered, outboxBed, type Request } from '../support/outbox-bed.ts'
import { idsOf, tinyBatch } from '../support/tiny-requests.ts'

const second = 1_000
const range = (count: number) => Array.from({ length: count }, (_, n) => n)
const names = (prefix: string, count: number) => range(count).map((n) => `${prefix}${n}`)
const full = 'the outbox is full (0 MiB, TASKBEAT_OUTBOX_MB)'

/** A destination that can be away. */
const place = () => {
  let isAway = false
  return {
    answer: () => (isAway ? away : delivered),
    leave: () => {
      isAway = true
    },
    comeBack: () => {
      isAway = false
    },
  }
}

/** Answers requests in their order, the next each time it is called. */
const answering = (requests: readonly Request[]) => {
  let answered = 0
  return () => {
    requests[answered]?.answer(delivered)
    answered += 1
  }
}

/** Ids that a spool holds. */
const idsLeft = (spool: ReturnType<typeof memorySpool>) =>
  spool.left().flatMap(({ signal, bytes }) => idsOf(signal, bytes))

describe('requests', () => {
  it.each(['traces', 'logs'] as const)('of %s are under way together', async (signal) => {
    const bed = outboxBed({ answer: () => undefined })
    const answer = answering(bed.requests)
    for (const id of names('', 40)) bed.emit(signal, [id])
    expect(bed.requests).toHaveLength(4)
    for (let answers = 0; answers < 3; answers += 1) {
      answer()
      await bed.clock.advance(0)
    }
    // what waited meanwhile was joined
    expect(bed.sent(signal)).toEqual([['0'], ['1'], ['2'], ['3'], names('', 40).slice(4)])
  })

  it('of metrics go one at a time, in the order in which they were collected', async () => {
    const bed = outboxBed({ answer: () => undefined })
    const answer = answering(bed.requests)
    for (const id of names('', 5)) bed.emit('metrics', [id])
    for (const sent of [1, 2, 3, 4, 5]) {
      expect(bed.requests).toHaveLength(sent)
      answer()
      await bed.clock.advance(0)
    }
    expect(bed.sent('metrics').flat()).toEqual(names('', 5))
  })

  it('join what waits, up to 256 batches', async () => {
    const bed = outboxBed({ answer: () => undefined })
    for (const id of names('', 600)) bed.emit('logs', [id])
    for (const { answer } of bed.requests) answer(delivered)
    await bed.clock.advance(0)
    expect(bed.sent('logs').map(({ length }) => length)).toEqual([1, 1, 1, 1, 256, 256, 84])
  })

  it('join what waits, up to 1 MiB', async () => {
    const bed = outboxBed({ answer: () => undefined })
    for (const id of names('', 14)) bed.emit('traces', [id], 300_000)
    for (const { answer } of bed.requests) answer(delivered)
    await bed.clock.advance(0)
    expect(bed.sent('traces').map(({ length }) => length)).toEqual([1, 1, 1, 1, 3, 3, 3, 1])
  })

  it('of more than 1 MiB are split before they are sent', async () => {
    const bed = outboxBed()
    bed.emit('metrics', names('', 8), 300_000)
    await bed.clock.advance(60 * second)
    expect(bed.sent('metrics')).toEqual([
      ['0', '1'],
      ['2', '3'],
      ['4', '5'],
      ['6', '7'],
    ])
    expect(bed.counters.metrics.tally.delivered).toBe(8)
  })
})

describe('what is refused as too large', () => {
  const takingTo = (mostBytes: number) => (request: Request) =>
    request.bytes.length > mostBytes ? ({ kind: 'too-large', reason: '413' } as const) : delivered

  it('is split down to single items; what is too large alone is dropped with the reason', async () => {
    const bed = outboxBed({ answer: takingTo(150) })
    bed.emit('logs', names('', 16), 20)
    bed.emit('logs', ['huge'], 200)
    await bed.clock.advance(second)
    const { tally, reasons } = bed.counters.logs
    expect([tally.delivered, tally.dropped]).toEqual([16, 1])
    expect([...reasons]).toEqual([['413', 1]])
    expect(bed.outbox.usedBytes()).toBe(0)
  })

  it.each(['metrics', 'logs'] as const)('is not tried again with the next %s', async (signal) => {
    const bed = outboxBed({ answer: takingTo(250_000) })
    bed.emit(signal, names('a', 8), 50_000)
    await bed.clock.advance(second)
    bed.emit(signal, names('b', 8), 50_000)
    await bed.clock.advance(second)
    expect(bed.sent(signal).map(({ length }) => length)).toEqual([8, 4, 4, 4, 4])
  })

  it('keeps its order if that matters', async () => {
    const taken: string[] = []
    const bed = outboxBed({
      spool: memorySpool(),
      answer: (request) => {
        const answer = takingTo(120)(request)
        if (answer.kind === 'delivered') taken.push(...request.ids)
        return answer
      },
    })
    for (const name of ['a', 'b', 'c']) bed.emit('metrics', names(name, 8), 20)
    await bed.clock.advance(60 * second)
    expect(taken).toEqual(['a', 'b', 'c'].flatMap((name) => names(name, 8)))
  })
})

describe('what is refused for good', () => {
  it('costs only itself, when it was joined with others', async () => {
    const isBad = (id: string) => id === '77'
    const bed = outboxBed({ answer: () => undefined })
    for (const id of names('', 104)) bed.emit('logs', [id])
    for (let turn = 0; turn < 40; turn += 1) {
      for (const { ids, answer } of bed.requests)
        answer(ids.some(isBad) ? { kind: 'refused', reason: '400' } : delivered)
      await bed.clock.advance(0)
    }
    const { tally, reasons } = bed.counters.logs
    expect([tally.delivered, tally.dropped, ...reasons]).toEqual([103, 1, ['400', 1]])
    // by halves: to the bad one, and what is left beside it
    expect(bed.requests.length).toBeLessThan(4 + 20)
  })

  it('is counted by what the destination says of a request that it took in part', async () => {
    const bed = outboxBed({ answer: () => ({ ...delivered, rejected: 2, reason: 'too old' }) })
    bed.emit('metrics', names('', 5))
    await bed.clock.advance(0)
    const { tally, reasons } = bed.counters.metrics
    expect([tally.delivered, tally.dropped, ...reasons]).toEqual([3, 2, ['rejected: too old', 2]])
  })
})

describe('an outage', () => {
  it.each([
    ['with a disk', true],
    ['in memory', false],
  ])('keeps metrics in their order, %s, and each of them', async (_, hasSpool) => {
    const { answer, leave, comeBack } = place()
    const bed = outboxBed({ answer, ...(hasSpool && { spool: memorySpool() }) })
    const emitAll = async (ids: readonly string[]) => {
      for (const id of ids) {
        bed.emit('metrics', [id])
        await bed.clock.advance(10 * second)
      }
    }
    await emitAll(names('a', 3))
    leave()
    await emitAll(names('b', 20))
    const tried = bed.requests.length
    comeBack()
    await emitAll(names('c', 60))
    const delivered = [...names('a', 3), ...bed.requests.slice(tried).flatMap(({ ids }) => ids)]
    expect(delivered).toEqual([...names('a', 3), ...names('b', 20), ...names('c', 60)])
    expect(bed.counters.metrics.tally).toMatchObject({ emitted: 83, delivered: 83, dropped: 0, waiting: 0 })
  })

  it('puts what waits on disk as soon as a request was not taken', async () => {
    const { answer, leave } = place()
    const spool = memorySpool()
    const bed = outboxBed({ answer, spool })
    leave()
    bed.emit('logs', names('', 3))
    await bed.clock.advance(0)
    expect(idsLeft(spool)).toEqual(names('', 3))
    expect(bed.outbox.usedBytes()).toBe(0)
    expect(bed.counters.logs.tally).toMatchObject({ spooled: 3, waiting: 3, delivered: 0 })
  })

  it.each([
    [20, 300],
    [1_000, 90],
  ])('of 300 seconds at %i items a second is made up for within %i', async (rate, mostSeconds) => {
    const { answer, leave, comeBack } = place()
    const bed = outboxBed({ answer, spool: memorySpool() })
    const batches = Math.max(1, rate / 500)
    const emitFor = async (seconds: number) => {
      for (let at = 0; at < seconds * batches; at += 1) {
        const signal = at % 2 === 0 ? 'logs' : 'traces'
        bed.emit(signal, names(`${bed.clock.monotonicMs()}-`, rate / batches), 250)
        await bed.clock.advance(second / batches)
      }
    }
    leave()
    await emitFor(300)
    comeBack()
    const tried = bed.requests.length
    const backMs = bed.clock.monotonicMs()
    await emitFor(mostSeconds)
    expect((bed.requests[tried]?.atMs ?? Number.NaN) - backMs).toBeLessThan(5 * second)
    const { traces, logs } = bed.counters
    for (const { tally } of [traces, logs])
      expect(tally).toMatchObject({ delivered: tally.emitted, dropped: 0, waiting: 0 })
  })

  it('is over for all signals of a place as soon as one of them is taken', async () => {
    const { answer, leave, comeBack } = place()
    const bed = outboxBed({ answer })
    leave()
    for (const signal of signals) bed.emit(signal, [signal])
    await bed.clock.advance(60 * second)
    comeBack()
    const tried = bed.requests.length
    await bed.clock.advance(5 * second)
    const [first, ...others] = bed.requests.slice(tried)
    expect(others.map(({ atMs }) => atMs)).toEqual([first?.atMs, first?.atMs])
  })

  it('of one signal alone, which is refused for ever, leaves the others alone', async () => {
    const bed = outboxBed({
      spool: memorySpool(),
      answer: ({ signal }) => (signal === 'traces' ? { kind: 'retry', reason: '503' } : delivered),
    })
    for (let at = 0; at < 60; at += 1) {
      for (const signal of signals) bed.emit(signal, [`${signal}${at}`])
      await bed.clock.advance(second)
    }
    expect(bed.counters.logs.tally.delivered).toBe(60)
    expect(bed.counters.metrics.tally.delivered).toBe(60)
    expect(bed.counters.traces.tally).toMatchObject({ delivered: 0, dropped: 0, waiting: 60 })
    expect(bed.sent('traces').length).toBeLessThan(25)
  })

  it('lasts as long as the destination asks for', async () => {
    let asked = 0
    const bed = outboxBed({
      answer: () => {
        asked += 1
        return asked === 1 ? { ...away, afterMs: 30 * second } : delivered
      },
    })
    bed.emit('logs', ['a'])
    await bed.clock.advance(29 * second)
    expect(bed.requests).toHaveLength(1)
    await bed.clock.advance(5 * second)
    expect(bed.counters.logs.tally.delivered).toBe(1)
  })
})

describe('memory', () => {
  const small = { memoryBytes: 1_000, answer: () => away }

  it('has its limit, and the oldest goes first, counted', async () => {
    const { answer, leave, comeBack } = place()
    const bed = outboxBed({ memoryBytes: 1_000, answer })
    const bytes = tinyBatch('logs', ['00'], { padding: 80 }).bytes.length
    const fitting = Math.floor(750 / bytes)
    leave()
    for (const n of range(30)) {
      bed.emit('logs', [`${n + 10}`], 80)
      expect(bed.outbox.usedBytes()).toBeLessThanOrEqual(1_000)
      await bed.clock.advance(100)
    }
    const { tally, reasons } = bed.counters.logs
    expect([tally.dropped, ...reasons]).toEqual([30 - fitting, [full, 30 - fitting]])
    comeBack()
    await bed.clock.advance(5 * second)
    expect(bed.sent('logs').at(-1)).toEqual(names('', 40).slice(40 - fitting))
    expect(tally.delivered).toBe(fitting)
  })

  it('takes what is too large for it from the one who brings it', async () => {
    const bed = outboxBed(small)
    bed.emit('logs', ['a'], 2_000)
    expect(bed.outbox.usedBytes()).toBe(0)
    expect(bed.counters.logs.tally).toMatchObject({ emitted: 1, dropped: 1 })
    expect(bed.requests).toEqual([])
  })

  it('is taken from the signal that has most of it', async () => {
    const bed = outboxBed(small)
    for (const n of range(30)) bed.emit('logs', [`${n}`], 80)
    bed.emit('metrics', ['a'], 80)
    expect(bed.counters.metrics.tally.dropped).toBe(0)
  })

  it('is given to the disk when half of it is used, though the destination answers', async () => {
    const spool = memorySpool()
    const bed = outboxBed({ memoryBytes: 1_000, answer: () => undefined, spool })
    for (const n of range(6)) bed.emit('metrics', [`${n}`], 80)
    await bed.clock.advance(0)
    expect(idsLeft(spool)).toEqual(['1', '2', '3', '4', '5'])
    expect(bed.requests).toHaveLength(1)
  })
})

describe('a disk that refuses', () => {
  it('is tried every ten seconds, and costs nothing but the place in memory', async () => {
    const errors: unknown[] = []
    let isReadOnly = true
    const spool = memorySpool({
      before: (call) => {
        if (isReadOnly && call === 'append') throw Object.assign(new Error('EROFS'), { code: 'EROFS' })
      },
    })
    const { answer, leave, comeBack } = place()
    const bed = outboxBed({ answer, spool, onSpoolFailure: (error) => errors.push(error) })
    leave()
    for (const n of range(60)) {
      bed.emit('logs', [`${n}`])
      await bed.clock.advance(500)
    }
    expect(errors).toHaveLength(3)
    expect(bed.counters.logs.tally).toMatchObject({ spooled: 0, waiting: 0, dropped: 0 })
    isReadOnly = false
    await bed.clock.advance(10 * second)
    expect(spool.left()).toHaveLength(60)
    comeBack()
    await bed.clock.advance(10 * second)
    expect(bed.counters.logs.tally).toMatchObject({ delivered: 60, spooled: 60, waiting: 0, dropped: 0 })
  })

  it('to give what is there is asked again, and holds no metrics up', async () => {
    let isBroken = true
    const spool = memorySpool({
      before: (call) => {
        if (isBroken && call === 'take') throw new Error('EIO')
      },
    })
    const { answer, leave, comeBack } = place()
    const bed = outboxBed({ answer, spool })
    leave()
    bed.emit('metrics', ['a'])
    await bed.clock.advance(5 * second)
    comeBack()
    bed.emit('traces', ['wakes'])
    await bed.clock.advance(5 * second)
    bed.emit('metrics', ['b'])
    await bed.clock.advance(20 * second)
    expect(bed.counters.metrics.tally).toMatchObject({ delivered: 1, waiting: 1 })
    isBroken = false
    await bed.clock.advance(20 * second)
    expect(bed.counters.metrics.tally).toMatchObject({ delivered: 2, waiting: 0 })
  })
})

it('what waits behind requests that nobody answers goes to disk', async () => {
  const spool = memorySpool()
  const bed = outboxBed({ answer: () => undefined, spool })
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) bed.emit('logs', [id])
  await bed.clock.advance(1_900)
  expect(spool.left()).toEqual([])
  await bed.clock.advance(200)
  bed.emit('logs', ['g'])
  await bed.clock.advance(10)
  expect(bed.sent('logs').flat()).toEqual(['a', 'b', 'c', 'd'])
  expect(spool.left().flatMap(({ signal, bytes }) => idsOf(signal, bytes))).toEqual(['e', 'f', 'g'])
})
