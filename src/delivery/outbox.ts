/**
 * The outbox of a process: everything that its telemetry hands over goes through here to the collector, or to disk.
 *
 * It takes what it is given at once, and waits for nobody. While a destination does not answer, or does so more slowly
 * than items come, they go to disk; what is there is sent again below what is new. Nothing leaves it uncounted.
 */
import { type Clock, endsWithin, wait } from '../clock.ts'
import type { Signal } from '../otlp/signals.ts'
import type { Batch } from './batch.ts'
import { createLane, type Lane } from './lane.ts'
import { createLink, type Link } from './link.ts'
import { createMemory } from './memory.ts'
import { createPace, type Pace } from './pace.ts'
import type { Sender } from './sender.ts'
import type { Spool } from './spool/spool.ts'
import type { Counter } from './tally.ts'

/** Where the items of one signal go. */
export interface OutboxRoute {
  readonly signal: Signal
  readonly sender: Sender
  /** The same for signals that go to the same place. */
  readonly place: string
  /** The deadline of one attempt, in milliseconds. */
  readonly timeoutMs: number
  readonly counter: Counter
  /** A request was not taken now, and will be sent again. */
  readonly onRetry: (reason: string) => void
  readonly onDelivered: (items: number) => void
}

export interface OutboxOptions {
  readonly routes: readonly OutboxRoute[]
  /** Absent where nothing may be written: then what does not fit into memory is dropped. */
  readonly spool: Spool | undefined
  /** Most bytes of requests in memory. */
  readonly memoryBytes: number
  readonly onSpoolFailure: (error: unknown) => void
  readonly clock: Clock
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number
}

export interface Outbox {
  /** Takes a batch of a signal that has a route; returns at once. */
  readonly accept: (batch: Batch) => void
  /** Delivers also what processes before this one left on disk. Never rejects. */
  readonly replay: () => Promise<void>
  /**
   * Delivers what it can within the limit, also of what others have left, as there may be no next start; the rest goes
   * to disk. After it nothing is sent any more. Resolves to whether everything of this process was delivered.
   */
  readonly drain: (limitMs: number) => Promise<boolean>
  readonly usedBytes: () => number
  /** Items of a signal that processes before this one have left on disk. */
  readonly earlierItems: (signal: Signal) => number
  /** Since when the oldest item of a signal waits, by the wall clock; undefined if none waits. */
  readonly oldestAtMs: (signal: Signal) => number | undefined
}

/** How often the drain looks whether it is through. */
const lookMs = 10
/** By then a process that nobody here can see, and that has shown no life, counts as gone. */
const againMs = 75_000
/** What the disk may take when the time is over: milliseconds, unless machine or disk are busy, or it hangs. */
const diskMs = 2_000

export const openOutbox = (options: OutboxOptions): Outbox => {
  const { routes, spool, clock, onSpoolFailure, random = Math.random } = options
  const memory = createMemory(options.memoryBytes)
  const places = new Map<string, { readonly link: Link; readonly pace: Pace }>()
  for (const { place } of routes)
    places.set(place, { link: createLink(clock, random), pace: createPace(clock, random) })
  const lanes = new Map<Signal, Lane>()
  for (const { place, ...route } of routes) {
    const shared = places.get(place)
    if (shared)
      lanes.set(route.signal, createLane({ ...route, ...shared, memory, spool, clock, onSpoolFailure }))
  }
  const all = [...lanes.values()]
  const largest = () => all.toSorted((a, b) => b.queuedBytes() - a.queuedBytes())[0]

  let cancelTakeOver = () => {}
  const takeOver = async () => {
    try {
      await spool?.takeOver()
    } catch (error) {
      onSpoolFailure(error)
    }
    for (const lane of all) lane.turn()
  }

  /** Everything that is not on disk goes there; what the disk does not take in time is dropped. */
  const stopAll = async (limitMs: number) => {
    await endsWithin(clock, limitMs, Promise.all(all.map((lane) => lane.stop())))
    for (const lane of all) lane.drop('not delivered in time, and not on disk')
  }

  return {
    accept: (batch) => {
      const lane = lanes.get(batch.signal)
      lane?.accept(batch)
      // the oldest goes: of a run that ends badly the end is worth most
      while (memory.isFull() && largest()?.dropOldest());
      if (memory.isHigh()) void largest()?.spill()
      lane?.turn()
    },
    replay: async () => {
      await takeOver()
      // what a process left that nobody here could see, killed a moment ago in another container
      cancelTakeOver = clock.after(againMs, () => void takeOver())
    },
    drain: async (limitMs) => {
      const endMs = clock.monotonicMs() + limitMs
      const isIdle = () => all.every((lane) => lane.isIdle())
      const leftMs = (untilMs: number) => Math.max(0, untilMs - clock.monotonicMs())
      cancelTakeOver()
      if (limitMs > 0) {
        for (const { link } of places.values()) link.hurry()
        for (const lane of all) lane.hurry(endMs)
      }
      while (!isIdle() && leftMs(endMs) > 0) await wait(clock, Math.min(lookMs, leftMs(endMs)))
      const isDelivered = all.every((lane) => lane.isThrough())
      const diskEndMs = clock.monotonicMs() + diskMs
      await stopAll(leftMs(diskEndMs))
      for (const { sender } of routes) sender.close()
      if (spool) await endsWithin(clock, leftMs(diskEndMs), spool.close().catch(onSpoolFailure))
      return isDelivered
    },
    usedBytes: memory.usedBytes,
    earlierItems: (signal) => spool?.waiting(signal, 'earlier').items ?? 0,
    oldestAtMs: (signal) => lanes.get(signal)?.oldestAtMs(),
  }
}
