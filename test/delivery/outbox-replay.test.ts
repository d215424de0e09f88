import { describe, expect, it } from 'vitest'
import { memorySpool } from '../support/memory-spool.ts'
import { away, delivered, outboxBed, type Request } from '../support/outbox-bed.ts'
import { idsOf, tinyBatch } from '../support/tiny-requests.ts'

const second = 1_000
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

describe('what an earlier process has left', () => {
  it('is delivered in the background, and counted apart', async () => {
    const spool = memorySpool({
      earlier: [tinyBatch('logs', names('l', 3)), tinyBatch('metrics', names('m', 2))],
    })
    const bed = outboxBed({ spool })
    await bed.outbox.replay()
    bed.emit('logs', ['new'])
    await bed.clock.advance(20 * second)
    expect(bed.counters.logs.tally).toMatchObject({ emitted: 1, delivered: 1, replayed: 3, spooled: 0 })
    expect(bed.counters.metrics.tally).toMatchObject({ emitted: 0, delivered: 0, replayed: 2 })
    expect(spool.left()).toEqual([])
  })

  it('goes below what is new: at most twice as many requests in all, and new ones at once', async () => {
    const earlier = names('', 400).map((id) => tinyBatch('metrics', [id]))
    const bed = outboxBed({ spool: memorySpool({ earlier }) })
    await bed.outbox.replay()
    for (const id of names('new', 60)) {
      bed.emit('logs', [id])
      expect(bed.sent('logs').flat()).toContain(id)
      await bed.clock.advance(5 * second)
    }
    const replayed = bed.sent('metrics').length
    expect(replayed).toBeGreaterThan(40)
    expect(replayed).toBeLessThan(66)
  })

  it('waits for a place that is away with what is new, and is not read again and again', async () => {
    let takes = 0
    const spool = memorySpool({
      earlier: names('', 50).map((id) => tinyBatch('traces', [id])),
      before: (call) => {
        if (call === 'take') takes += 1
      },
    })
    const bed = outboxBed({ spool, answer: () => away })
    await bed.outbox.replay()
    await bed.clock.advance(100 * second)
    expect(spool.left()).toHaveLength(50)
    expect(takes).toBe(bed.requests.length)
    expect(takes).toBeLessThan(40)
    // a question, not all of it each time
    expect(bed.requests.slice(1).every(({ ids }) => ids.length === 1)).toBe(true)
  })
})

describe('pieces of a batch on disk', () => {
  /** One batch of four on disk, which only goes in two; each half is answered by the test. */
  const inHalves = async () => {
    const spool = memorySpool({ earlier: [tinyBatch('metrics', names('', 4), { padding: 50 })] })
    const halves: Request[] = []
    const bed = outboxBed({
      spool,
      answer: (request) => {
        if (request.ids.length > 2) return { kind: 'too-large', reason: '413' }
        halves.push(request)
        return undefined
      },
    })
    await bed.outbox.replay()
    await bed.clock.advance(10 * second)
    return { spool, halves, bed }
  }

  it('settle it when all are through, not before', async () => {
    const { spool, halves, bed } = await inHalves()
    halves[0]?.answer(delivered)
    await bed.clock.advance(10 * second)
    expect(halves.map(({ ids }) => ids)).toEqual([
      ['0', '1'],
      ['2', '3'],
    ])
    expect(spool.left()).toHaveLength(1)
    halves[1]?.answer(delivered)
    await bed.clock.advance(0)
    expect(spool.left()).toEqual([])
    expect(bed.counters.metrics.tally).toMatchObject({ replayed: 4, delivered: 0 })
  })

  it('stay in memory while the place is away, and go before the rest of the disk', async () => {
    const { spool, halves, bed } = await inHalves()
    halves[0]?.answer(away)
    bed.emit('metrics', ['new'])
    await bed.clock.advance(60 * second)
    expect(spool.left().flatMap(({ bytes }) => idsOf('metrics', bytes))).toEqual(['new', ...names('', 4)])
    expect(halves.at(-1)?.ids).toEqual(['0', '1'])
  })

  it('that are left at the end are written, and those that are through are not', async () => {
    const { spool, halves, bed } = await inHalves()
    halves[0]?.answer(delivered)
    await bed.clock.advance(10 * second)
    const drained = bed.outbox.drain(0)
    await bed.clock.advance(400)
    expect(await drained).toBe(true)
    expect(spool.left().flatMap(({ bytes }) => idsOf('metrics', bytes))).toEqual(['2', '3'])
    expect(bed.counters.metrics.tally).toMatchObject({ emitted: 2, replayed: 2, waiting: 2 })
  })
})

it('a refusal before anything was taken leaves what others have left on disk', async () => {
  let isRefused = true
  const spool = memorySpool({ earlier: [tinyBatch('logs', ['earlier 1']), tinyBatch('logs', ['earlier 2'])] })
  const bed = outboxBed({
    answer: () => (isRefused ? { kind: 'refused', reason: '401 Unauthorized' } : delivered),
    spool,
  })
  await bed.outbox.replay()
  bed.emit('logs', ['own'])
  await bed.clock.advance(60_000)
  expect(spool.left()).toHaveLength(2)
  expect(bed.counters.logs.tally).toMatchObject({ dropped: 1, replayed: 0 })
  isRefused = false
  bed.emit('logs', ['own too'])
  await bed.clock.advance(60_000)
  expect(spool.left()).toEqual([])
  expect(bed.counters.logs.tally).toMatchObject({ dropped: 1, delivered: 1, replayed: 2 })
})

it('a spool that cannot be listed costs one line, and is asked again', async () => {
  const failures: unknown[] = []
  let asked = 0
  const spool = {
    ...memorySpool(),
    takeOver: async () => {
      asked += 1
      throw new Error('EACCES')
    },
  }
  const bed = outboxBed({ spool, onSpoolFailure: (error) => failures.push(error) })
  await bed.outbox.replay()
  expect(failures).toHaveLength(1)
  await bed.clock.advance(75_000)
  expect([failures.length, asked]).toEqual([2, 2])
})
