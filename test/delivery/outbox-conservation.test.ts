import { describe, expect, it } from 'vitest'
import type { Batch } from '../../src/delivery/batch.ts'
import type { Answer } from '../../src/delivery/sender.ts'
import { type Signal, signals } from '../../src/otlp/signals.ts'
import { manualClock } from '../support/manual-clock.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { away, delivered, outboxBed, type Request } from '../support/outbox-bed.ts'
import { seededRandom } from '../support/random.ts'
import { idsOf, tinyBatch } from '../support/tiny-requests.ts'

const memoryLimits = [3_000, 1_000_000]
const drainLimits = [0, 500, 5_000, 600_000]
const diskMs = 2_000

/**
 * One life of an outbox in a world that goes wrong at random, all of it decided by the seed; in the end it is drained,
 * or all is well again.
 */
const live = async (seed: number, end: 'drained' | 'well') => {
  const random = seededRandom(seed)
  const chance = (share: number) => random() < share
  const below = (most: number) => Math.floor(random() * most)
  const clock = manualClock()
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))

  const makeEarlier = (signal: Signal, n: number) =>
    tinyBatch(signal, [`${signal} e${n}a`, `${signal} e${n}b`], { padding: below(150) })
  const earlier = signals.flatMap((signal) =>
    Array.from({ length: below(6) }, (_, n) => makeEarlier(signal, n)),
  )
  let isTrusty = chance(0.3)
  const spool = memorySpool({
    earlier,
    before: async (call) => {
      if (chance(0.3)) await pause(below(diskMs / 4))
      if (!isTrusty && call !== 'close' && chance(0.2)) throw new Error(`EIO in ${call}`)
    },
  })

  let health = 1
  let isWell = false
  /** Every id that the destination says it has taken. */
  const taken: string[] = []
  const decide = ({ ids, bytes }: Request): Answer => {
    if (!chance(health)) return chance(0.2) ? { ...away, afterMs: below(5_000) } : away
    if (bytes.length > 300) return { kind: 'too-large', reason: 'more than 300 bytes' }
    if (ids.some((id) => id.endsWith('7'))) return { kind: 'refused', reason: 'a seven' }
    const rejected = chance(0.1) ? below(ids.length + 1) : 0
    taken.push(...ids.slice(rejected))
    return { ...delivered, rejected, reason: 'bad ones' }
  }
  const memoryBytes = memoryLimits[below(2)] ?? 0
  const bed = outboxBed({
    clock,
    spool,
    random,
    memoryBytes,
    answer: (request) => {
      const decideUnlessGivenUp = () => {
        if (!request.abort?.aborted) request.answer(decide(request))
      }
      if (!isWell && chance(0.02)) clock.after(10_000, () => request.answer(away))
      else clock.after(below(2_000), decideUnlessGivenUp)
      return undefined
    },
  })
  void bed.outbox.replay().catch(() => {})
  const emitted: Batch[] = []
  let mostBytes = 0
  for (let n = 0; n < 200; n += 1) {
    if (chance(0.05)) health = chance(0.5) ? 1 : random() * 0.5
    const signal = signals[below(3)] ?? 'logs'
    const ids = Array.from({ length: 1 + below(6) }, (_, at) => `${signal} ${n}-${at}`)
    emitted.push(bed.emit(signal, ids, below(60)))
    mostBytes = Math.max(mostBytes, bed.outbox.usedBytes())
    if (chance(0.7)) await clock.advance(below(1_000))
  }
  if (end === 'well') {
    isWell = true
    isTrusty = true
    health = 1
    await clock.advance(600_000)
  }
  const leftInTheEnd = spool.left().length + bed.outbox.usedBytes()
  let endedAtMs: number | undefined
  const limitMs = drainLimits[below(4)] ?? 0
  const drainAtMs = clock.monotonicMs()
  void bed.outbox.drain(limitMs).then(() => {
    endedAtMs = clock.monotonicMs()
  })
  await clock.advance(limitMs + diskMs)
  const requestsAtEnd = bed.requests.length
  await clock.advance(60_000)
  const drainMs = endedAtMs === undefined ? undefined : endedAtMs - drainAtMs
  const known = [...(spool.isTakenOver() ? earlier : []), ...emitted]
  return { bed, spool, known, taken, drainMs, limitMs, requestsAtEnd, mostBytes, memoryBytes, leftInTheEnd }
}

describe('whatever happens, nothing is lost unseen or delivered twice, and memory has its limit', () => {
  it.each(Array.from({ length: 40 }, (_, index) => index + 1))('in world %i', async (seed) => {
    const { bed, spool, known, taken, ...end } = await live(seed, 'drained')
    const idsIn = (batches: readonly Batch[]) => batches.flatMap(({ signal, bytes }) => idsOf(signal, bytes))
    const left = spool.left()
    const safe = [...taken, ...idsIn(left)]
    expect(safe.toSorted()).toEqual([...new Set(safe)].toSorted())
    for (const signal of signals) {
      const { tally } = bed.counters[signal]
      const isOf = (id: string) => id.startsWith(signal)
      expect(tally.delivered + tally.replayed).toBe(taken.filter(isOf).length)
      expect(tally.waiting).toBe(spool.waiting(signal, 'own').items)
      expect(tally.dropped).toBe(idsIn(known).filter(isOf).length - safe.filter(isOf).length)
    }
    expect(bed.outbox.usedBytes()).toBe(0)
    expect(end.mostBytes).toBeLessThanOrEqual(end.memoryBytes)
    expect(end.drainMs).toBeLessThanOrEqual(end.limitMs + diskMs)
    expect(bed.requests.length).toBe(end.requestsAtEnd)
  })
})

describe('when all is well again, all is delivered that was kept', () => {
  it.each(Array.from({ length: 40 }, (_, index) => index + 1))('in world %i', async (seed) => {
    const { leftInTheEnd, bed } = await live(seed, 'well')
    expect(leftInTheEnd).toBe(0)
    for (const signal of signals) {
      const { emitted, delivered, replayed, dropped } = bed.counters[signal].tally
      expect(delivered + replayed + dropped).toBeGreaterThanOrEqual(emitted)
    }
  })
})
