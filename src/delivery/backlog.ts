/** What a lane has on disk. Without a spool there is never anything, and nothing can be put there. */
import type { Clock } from '../clock.ts'
import type { Signal } from '../otlp/signals.ts'
import { bytesOf, type Entry, isOwn, isWholeOnDisk, itemsOf, makeEntry } from './entry.ts'
import type { Memory } from './memory.ts'
import type { Spool, SpooledBatch, Waiting } from './spool/spool.ts'
import type { Counter } from './tally.ts'

export interface BacklogOptions {
  readonly signal: Signal
  readonly spool: Spool | undefined
  readonly memory: Memory
  readonly counter: Counter
  readonly clock: Clock
  readonly onFailure: (error: unknown) => void
  /** There may be something to take that could not be taken before. */
  readonly onSettled: () => void
}

export interface Backlog {
  /** Of this process. */
  readonly own: () => Waiting
  /** Whether anything waits, from whichever process. */
  readonly hasAny: () => boolean
  /** Whether there is something that can be taken now. */
  readonly canTake: (origin?: SpooledBatch['origin']) => boolean
  /** Whether something is being taken. */
  readonly isTaking: () => boolean
  /** Reads the oldest batches into memory; none if the disk does not give them. */
  readonly take: (limits: {
    readonly maxBatches: number
    readonly maxBytes: number
  }) => Promise<readonly Entry[]>
  /** Lets go of what is on disk as it is in memory; returns the others. */
  readonly putBack: (entries: readonly Entry[]) => readonly Entry[]
  /** Entries that are through, one way or the other. */
  readonly release: (entries: readonly Entry[]) => void
  /** Whether the disk is not to be left alone. */
  readonly mayKeep: () => boolean
  /** Writes entries; resolves to whether the disk has them. */
  readonly keep: (entries: readonly Entry[]) => Promise<boolean>
  /** The disk has them, and nobody has given them up meanwhile. */
  readonly kept: (entries: readonly Entry[]) => void
  /** The disk need not be left alone any longer. */
  readonly tryAgain: () => void
}

/** How long a disk that refused is left alone. */
const diskPauseMs = 10_000

const nothing: Waiting = { batches: 0, items: 0, bytes: 0, oldestAtMs: undefined }

/** What was on disk is older than what is in memory. */
const firstOrder = 0

export const createBacklog = (options: BacklogOptions): Backlog => {
  const { signal, spool, memory, counter, clock, onFailure, onSettled } = options
  const taken = { own: 0, earlier: 0 }
  let isTaking = false
  let writeAgainAtMs = 0
  let readAgainAtMs = 0

  const waiting = (origin?: SpooledBatch['origin']) => spool?.waiting(signal, origin) ?? nothing
  const own = () => waiting('own')
  const showWaiting = () => counter.setWaiting(own().items)
  const letGo = (batches: readonly SpooledBatch[]) => {
    for (const { origin } of batches) taken[origin] -= 1
  }

  const settle = async (batches: readonly SpooledBatch[]) => {
    try {
      await spool?.settle(batches)
    } catch (error) {
      // marks that cannot be written cost a second delivery by another process, nothing in this one
      onFailure(error)
    }
    letGo(batches)
    showWaiting()
    onSettled()
  }

  const canTake = (origin?: SpooledBatch['origin']) => {
    if (isTaking || clock.monotonicMs() < readAgainAtMs) return false
    const inHand = origin ? taken[origin] : taken.own + taken.earlier
    return waiting(origin).batches > inHand
  }

  const release = (entries: readonly Entry[]) => {
    memory.free(bytesOf(entries))
    const settled: SpooledBatch[] = []
    for (const { source } of entries) {
      if (!source) continue
      source.pieces -= 1
      if (source.pieces === 0) settled.push(source.spooled)
    }
    if (settled.length > 0) void settle(settled)
  }

  return {
    own,
    hasAny: () => waiting().batches > 0,
    canTake,
    isTaking: () => isTaking,
    take: async (limits) => {
      isTaking = true
      memory.use(limits.maxBytes)
      let batches: readonly SpooledBatch[] = []
      try {
        batches = (await spool?.take(signal, limits)) ?? []
      } catch (error) {
        onFailure(error)
      }
      isTaking = false
      if (batches.length === 0 && canTake()) readAgainAtMs = clock.monotonicMs() + diskPauseMs
      for (const { origin } of batches) taken[origin] += 1
      showWaiting()
      const entries = batches.map((spooled) => makeEntry(spooled, firstOrder, { spooled, pieces: 1 }))
      memory.use(bytesOf(entries) - limits.maxBytes)
      return entries
    },
    putBack: (entries) => {
      const { whole = [], others = [] } = Object.groupBy(entries, (entry) =>
        isWholeOnDisk(entry) ? 'whole' : 'others',
      )
      const batches = whole.flatMap(({ source }) => source?.spooled ?? [])
      memory.free(bytesOf(whole))
      letGo(batches)
      if (batches.length > 0) spool?.putBack(batches)
      return others
    },
    release,
    // what it does not give back it is not to get
    mayKeep: () => spool !== undefined && clock.monotonicMs() >= Math.max(writeAgainAtMs, readAgainAtMs),
    keep: async (entries) => {
      try {
        await spool?.append(entries.map(({ batch }) => batch))
      } catch (error) {
        writeAgainAtMs = clock.monotonicMs() + diskPauseMs
        onFailure(error)
        return false
      }
      return true
    },
    kept: (entries) => {
      // a piece of what another process left is one of ours from now on
      const adopted = entries.filter((entry) => !isOwn(entry))
      counter.add('emitted', itemsOf(adopted))
      counter.add('spooled', itemsOf(entries))
      release(entries)
      showWaiting()
    },
    tryAgain: () => {
      writeAgainAtMs = 0
      readAgainAtMs = 0
    },
  }
}
