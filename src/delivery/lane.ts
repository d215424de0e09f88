/**
 * The way of one signal to its destination: what waits in memory, what is under way, and when the next request goes.
 *
 * Invariants:
 * - A batch is in exactly one place: in the queue, under way, on its way to disk, or in the spool. It leaves by an
 *   acknowledgement, or counted as dropped.
 * - Metrics go one request at a time, in the order in which they were collected, those on disk first: a point that is
 *   older than what a backend has is refused by many. Spans and log records have no order, and the newest go first.
 * - What came from disk is settled there when all of it is through.
 */
import type { Clock } from '../clock.ts'
import { joinRequests, splitRequest } from '../otlp/request.ts'
import type { Signal } from '../otlp/signals.ts'
import type { Batch } from './batch.ts'
import type { Link, Member } from './link.ts'
import type { Memory } from './memory.ts'
import { createPace } from './pace.ts'
import type { Answer, Sender } from './sender.ts'
import type { Spool, SpooledBatch } from './spool/spool.ts'
import type { Counter } from './tally.ts'

export interface LaneOptions {
  readonly signal: Signal
  readonly sender: Sender
  readonly link: Link
  readonly memory: Memory
  /** Absent where nothing may be written. */
  readonly spool: Spool | undefined
  readonly counter: Counter
  /** The deadline of one attempt. */
  readonly timeoutMs: number
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** The destination did not take a request: for what reason. */
  readonly onRetry: (reason: string) => void
  readonly onDelivered: (items: number) => void
  /** The disk did not take what had to go there. */
  readonly onSpoolFailure: (error: unknown) => void
}

export interface Lane {
  readonly accept: (batch: Batch) => void
  /** Sends what may be sent now. */
  readonly turn: () => void
  /** Bytes in the queue, which may go to disk. */
  readonly queuedBytes: () => number
  /** Puts the queue on disk; what the disk refuses is in the queue again. */
  readonly spill: () => Promise<void>
  /** No pauses for the sake of others from now on. */
  readonly hurry: () => void
  /** Whether nothing of this process is left to deliver, in memory or on disk. */
  readonly isIdle: () => boolean
  /** Since when the oldest item of this process waits, by the wall clock. */
  readonly oldestAtMs: () => number | undefined
  /** Requests under way are given up; resolves when everything is in the queue again, or with the spool. */
  readonly abort: () => Promise<void>
  /** Drops the queue. */
  readonly drop: (reason: string) => void
}

/** A batch that was read from disk: it may be under way in pieces. */
interface Source {
  readonly spooled: SpooledBatch
  pieces: number
}

interface Entry {
  readonly batch: Batch
  /** Place in the queue: the lower, the earlier. */
  readonly order: number
  /** It was refused together with others, and is sent without them. */
  readonly isAlone: boolean
  readonly source: Source | undefined
}

/** Requests under way: more for a slow destination, one to begin with after trouble. */
const mostUnderWay = 8
const firstUnderWay = 4

/** What is joined to one request. The Collector takes 4 MiB over gRPC unless told otherwise. */
const mostItems = 2_048
const mostBytes = 1_048_576
/** A single batch of more than this is split before it is sent at all. */
const largestBytes = 3_145_728
const smallestLimitBytes = 65_536

/** Down for so long: what waits is safer on disk. */
const spillAfterMs = 2_000
/** How long a disk that refused is left alone. */
const diskPauseMs = 10_000

const sumOf = (entries: readonly Entry[], of: (batch: Batch) => number) =>
  entries.reduce((sum, { batch }) => sum + of(batch), 0)

/** Whether an entry is all of a batch on disk, so that it can simply stay there. */
const isWholeOnDisk = ({ source, batch }: Entry) => source?.spooled === batch

export const createLane = (options: LaneOptions): Lane => {
  const { signal, sender, memory, spool, counter, timeoutMs, clock, random } = options
  const isOrdered = signal === 'metrics'
  const widest = isOrdered ? 1 : mostUnderWay
  const pace = createPace(clock, random)
  let queue: Entry[] = []
  let order = 0
  let width = isOrdered ? 1 : firstUnderWay
  let limitBytes = mostBytes
  let requestsUnderWay = 0
  let backlogUnderWay = 0
  /** Batches that were taken from the spool and are neither settled nor put back. */
  let taken = 0
  let isTaking = false
  let spilling: Promise<void> | undefined
  let diskBackAtMs = 0
  let isHurried = false
  const abortion = new AbortController()
  let cancelTimer = () => {}
  const underWay = new Set<Promise<void>>()
  const settling = new Set<Promise<void>>()

  const showWaiting = () => counter.setWaiting(spool?.waiting(signal, 'own').items ?? 0)

  const settle = (batches: readonly SpooledBatch[]) => {
    if (!spool || batches.length === 0) return
    taken -= batches.length
    // marks that cannot be written cost a second delivery by another process, nothing in this one
    const done = spool.settle(batches).catch(options.onSpoolFailure)
    settling.add(done)
    void done.then(() => settling.delete(done))
    showWaiting()
  }

  /** The entries are through, one way or the other. */
  const release = (entries: readonly Entry[]) => {
    memory.free(sumOf(entries, ({ bytes }) => bytes.length))
    const settled: SpooledBatch[] = []
    for (const { source } of entries) {
      if (!source) continue
      source.pieces -= 1
      if (source.pieces === 0) settled.push(source.spooled)
    }
    settle(settled)
  }

  const putBack = (entries: readonly Entry[]) => {
    const onDisk = entries.filter(isWholeOnDisk)
    if (spool && onDisk.length > 0) {
      memory.free(sumOf(onDisk, ({ bytes }) => bytes.length))
      taken -= onDisk.length
      spool.putBack(onDisk.flatMap(({ source }) => (source ? [source.spooled] : [])))
    }
    const rest = entries.filter((entry) => !isWholeOnDisk(entry))
    if (rest.length > 0) queue = [...rest, ...queue].toSorted((a, b) => a.order - b.order)
  }

  const deliver = (entries: readonly Entry[], rejected: number, reason: string) => {
    const isEarlier = ({ source }: Entry) => source?.spooled.origin === 'earlier'
    let left = rejected
    const count = (what: 'delivered' | 'replayed', those: readonly Entry[]) => {
      const items = sumOf(those, (batch) => batch.items)
      const lost = Math.min(left, items)
      left -= lost
      if (items > lost) counter.add(what, items - lost)
      return items - lost
    }
    const own = count(
      'delivered',
      entries.filter((entry) => !isEarlier(entry)),
    )
    const earlier = count('replayed', entries.filter(isEarlier))
    counter.drop(rejected, `rejected: ${reason}`)
    release(entries)
    options.onDelivered(own + earlier)
  }

  const dropEntries = (entries: readonly Entry[], reason: string) => {
    counter.drop(
      sumOf(entries, ({ items }) => items),
      reason,
    )
    release(entries)
  }

  /** Two of an entry that was too large; undefined if it is a single item. */
  const halves = ({ batch, order: place, source, isAlone }: Entry): Entry[] | undefined => {
    const parts = splitRequest(signal, batch.bytes)
    if (!parts) return undefined
    if (source) source.pieces += 1
    const [first, second] = parts
    memory.use(first.bytes.length + second.bytes.length - batch.bytes.length)
    return parts.map(({ bytes, items }) => ({
      batch: { signal, items, bytes, acceptedAtMs: batch.acceptedAtMs },
      order: place,
      source,
      isAlone,
    }))
  }

  const answered = (entries: readonly Entry[], answer: Answer) => {
    const [only, ...others] = entries
    if (answer.kind === 'retry') {
      width = 1
      counter.add(
        'retried',
        sumOf(entries, ({ items }) => items),
      )
      putBack(entries)
      if (!abortion.signal.aborted) {
        member.failed(answer.afterMs)
        options.onRetry(answer.reason)
      }
      return
    }
    member.succeeded()
    width = Math.min(widest, width + 1)
    if (answer.kind === 'delivered') return deliver(entries, answer.rejected, answer.reason)
    if (!only) return
    const bytes = sumOf(entries, (batch) => batch.bytes.length)
    if (answer.kind === 'too-large') {
      limitBytes = Math.max(smallestLimitBytes, Math.min(limitBytes, bytes) / 2)
      if (others.length > 0) return putBack(entries)
      const pieces = halves(only)
      return pieces ? putBack(pieces) : dropEntries(entries, answer.reason)
    }
    // one bad batch takes none with it
    if (others.length > 0) requeue(entries)
    else dropEntries(entries, answer.reason)
  }

  const requeue = (entries: readonly Entry[]) => {
    const alone = entries.map((entry) => ({ ...entry, isAlone: true }))
    queue = [...alone, ...queue].toSorted((a, b) => a.order - b.order)
  }

  const start = (entries: readonly Entry[], isBacklog: boolean) => {
    const bytes = joinRequests(entries.map(({ batch }) => batch.bytes))
    requestsUnderWay += 1
    if (isBacklog) {
      backlogUnderWay += 1
      pace.sent()
    }
    member.sent()
    const done = sender.send({ signal, bytes, timeoutMs, abort: abortion.signal }).then((answer) => {
      requestsUnderWay -= 1
      if (isBacklog) backlogUnderWay -= 1
      answered(entries, answer)
      underWay.delete(done)
      spillIfDown()
      turn()
    })
    underWay.add(done)
  }

  /** The next entries of the queue, as many as fit into one request. */
  const nextOfQueue = (): readonly Entry[] => {
    const first = queue[0]
    if (!first) return []
    let count = 1
    if (!isOrdered && !first.isAlone) {
      let items = first.batch.items
      let bytes = first.batch.bytes.length
      for (let next = queue[count]; next && !next.isAlone; next = queue[count]) {
        items += next.batch.items
        bytes += next.batch.bytes.length
        if (items > mostItems || bytes > limitBytes) break
        count += 1
      }
    }
    return queue.splice(0, count)
  }

  const untaken = (origin?: SpooledBatch['origin']) =>
    spool && !isTaking ? spool.waiting(signal, origin).batches - taken : 0

  const wakeIn = (ms: number) => {
    cancelTimer()
    if (Number.isFinite(ms)) cancelTimer = clock.after(ms, turn, { keepsAlive: isHurried })
  }

  const take = async (from: Spool) => {
    const limits = { maxBatches: isOrdered ? 1 : 64, maxBytes: limitBytes }
    const batches = await from.take(signal, limits).catch((error: unknown) => {
      options.onSpoolFailure(error)
      return []
    })
    isTaking = false
    taken += batches.length
    const entries = batches.map((spooled) => {
      memory.use(spooled.bytes.length)
      order += 1
      return { batch: spooled, order, isAlone: false, source: { spooled, pieces: 1 } }
    })
    if (entries.length === 0) return
    if (abortion.signal.aborted || member.waitMs() > 0) putBack(entries)
    else start(entries, true)
    turn()
  }

  /** Sends from disk; resolves to whether there was something that may go now. */
  const turnToBacklog = () => {
    const mayGo = backlogUnderWay < (isHurried ? width : 1)
    if (!spool || !mayGo || untaken() <= 0) return
    const isProbe = member.downMs() !== undefined
    const pauseMs = isHurried || isProbe ? 0 : pace.waitMs()
    if (pauseMs > 0) return wakeIn(pauseMs)
    isTaking = true
    const done = take(spool)
    underWay.add(done)
    void done.then(() => underWay.delete(done))
  }

  const turn = () => {
    // what is on its way to disk is older than what is in the queue
    const isHeld = () => isTaking || (isOrdered && spilling !== undefined)
    while (requestsUnderWay < width && !isHeld() && !abortion.signal.aborted) {
      const waitMs = member.waitMs()
      if (waitMs > 0) return wakeIn(waitMs)
      const isDiskFirst = isOrdered && untaken('own') > 0
      const entries = isDiskFirst ? [] : nextOfQueue()
      if (entries.length === 0) return turnToBacklog()
      start(entries, false)
    }
  }

  const member: Member = options.link.join(() => turn())

  const spillQueue = async (to: Spool) => {
    while (queue.length > 0 && clock.monotonicMs() >= diskBackAtMs) {
      const entries = queue
      queue = []
      try {
        await to.append(entries.map(({ batch }) => batch))
        counter.add(
          'spooled',
          sumOf(entries, ({ items }) => items),
        )
        release(entries)
        showWaiting()
      } catch (error) {
        diskBackAtMs = clock.monotonicMs() + diskPauseMs
        putBack(entries)
        options.onSpoolFailure(error)
      }
    }
  }

  const spill = async (): Promise<void> => {
    if (!spool) return
    spilling ??= spillQueue(spool).finally(() => {
      spilling = undefined
      turn()
    })
    return spilling
  }

  const spillIfDown = () => {
    const downMs = member.downMs()
    if (downMs !== undefined && downMs >= (isHurried ? 0 : spillAfterMs) && queue.length > 0) void spill()
  }

  const admit = (batch: Batch) => {
    memory.use(batch.bytes.length)
    order += 1
    queue.push({ batch, order, isAlone: false, source: undefined })
  }

  return {
    accept: (batch) => {
      pace.accepted()
      const pieces = batch.bytes.length > largestBytes ? splitRequest(signal, batch.bytes) : undefined
      for (const piece of pieces ?? [batch]) admit({ ...batch, ...piece })
      // the oldest goes: of a run that ends badly the end is worth most
      for (let oldest = queue[0]; memory.isFull() && oldest; oldest = queue[0]) {
        queue.shift()
        dropEntries([oldest], memory.fullReason)
      }
      spillIfDown()
      turn()
    },
    turn,
    queuedBytes: () => sumOf(queue, ({ bytes }) => bytes.length),
    spill,
    hurry: () => {
      isHurried = true
      diskBackAtMs = 0
      spillIfDown()
      turn()
    },
    isIdle: () =>
      queue.length === 0 &&
      requestsUnderWay === 0 &&
      !spilling &&
      !isTaking &&
      (spool?.waiting(signal, 'own').batches ?? 0) === 0,
    oldestAtMs: () => {
      const times = [queue[0]?.batch.acceptedAtMs, spool?.waiting(signal, 'own').oldestAtMs]
      const known = times.filter((time) => time !== undefined)
      return known.length > 0 ? Math.min(...known) : undefined
    },
    abort: async () => {
      cancelTimer()
      abortion.abort()
      await Promise.all([...underWay, ...settling])
      await spilling
    },
    drop: (reason) => {
      const entries = queue
      queue = []
      dropEntries(entries, reason)
    },
  }
}
