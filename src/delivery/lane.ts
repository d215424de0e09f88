/**
 * The way of one signal to its destination: what waits in memory, what is under way, and when the next request goes.
 *
 * Invariants:
 * - A batch is in exactly one place: in the queue, under way, on its way to disk, or in the spool. It leaves by an
 *   acknowledgement, or counted as dropped.
 * - Metrics go one request at a time, in the order in which they were collected, those on disk first: a point that is
 *   older than what a backend has is refused by many. Spans and log records have no order: what is in memory goes first.
 * - What others have left on disk is not dropped for a refusal while nothing was taken yet: the place, or the key, may
 *   be a wrong one.
 * - What came from disk is settled there when all of it is through.
 */
import { type Clock, endsWithin } from '../clock.ts'
import { joinRequests } from '../otlp/request.ts'
import type { Signal } from '../otlp/signals.ts'
import { createBacklog } from './backlog.ts'
import type { Batch } from './batch.ts'
import {
  bytesOf,
  type Entry,
  isOwn,
  isWholeOnDisk,
  itemsOf,
  makeEntry,
  splitInTwo,
  splitToFit,
} from './entry.ts'
import type { Link, Member } from './link.ts'
import type { Memory } from './memory.ts'
import type { Pace } from './pace.ts'
import { createQueue } from './queue.ts'
import type { Answer, Sender } from './sender.ts'
import type { Spool } from './spool/spool.ts'
import type { Counter } from './tally.ts'

export interface LaneOptions {
  readonly signal: Signal
  readonly sender: Sender
  readonly link: Link
  readonly pace: Pace
  readonly memory: Memory
  /** Absent where nothing may be written. */
  readonly spool: Spool | undefined
  readonly counter: Counter
  /** The deadline of one attempt. */
  readonly timeoutMs: number
  readonly clock: Clock
  /** The destination did not take a request: for what reason. */
  readonly onRetry: (reason: string) => void
  readonly onDelivered: (items: number) => void
  /** The disk did not take what had to go there. */
  readonly onSpoolFailure: (error: unknown) => void
}

export interface Lane {
  /** Takes a batch into the queue; `turn` sends it. */
  readonly accept: (batch: Batch) => void
  /** Sends what may be sent now. */
  readonly turn: () => void
  /** Bytes in the queue. */
  readonly queuedBytes: () => number
  /** Drops the oldest of the queue; false if there is none. */
  readonly dropOldest: () => boolean
  /** Puts the queue on disk; what the disk refuses is in the queue again. */
  readonly spill: () => Promise<void>
  /** No pauses for the sake of others from now on, and nothing that would not be answered before `endMs`. */
  readonly hurry: (endMs: number) => void
  /** Whether nothing is left to deliver, in memory or on disk. */
  readonly isIdle: () => boolean
  /** Whether nothing of this process is left, whatever others before it have left. */
  readonly isThrough: () => boolean
  /** Since when the oldest item of this process waits, by the wall clock. */
  readonly oldestAtMs: () => number | undefined
  /** Nothing is sent from now on; resolves when all that the disk takes is there. */
  readonly stop: () => Promise<void>
  /** After `stop`: drops what is not on disk. */
  readonly drop: (reason: string) => void
}

type Refusal = Extract<Answer, { kind: 'too-large' | 'refused' }>

interface Flight {
  readonly startedMs: number
  readonly entries: readonly Entry[]
  readonly isFromDisk: boolean
}

/** Requests under way: more for a slow destination, one to begin with after trouble. */
const mostUnderWay = 8
const firstUnderWay = 4

/** What is joined to one request, and split otherwise. The Collector takes 4 MiB over gRPC unless told otherwise. */
const mostBytes = 1_048_576
const mostBatches = 256
/** What is tried next, of what was too large: a little more than half, so that its halves are not split again. */
const lessShare = 2 / 3
/** No destination is thought to take less, whatever it said. */
const leastBytes = 65_536

/** Without an answer for so long: what waits is safer on disk. */
const stuckAfterMs = 2_000
/** Of the room in memory one read from disk takes one part: other signals have theirs. */
const roomParts = 4
/** How long the disk waits for room in memory. */
const crowdedMs = 1_000
/** How often a disk is asked again that did not give what is there. */
const unreadableMs = 10_000
/** An answer may take so much longer than the last one. */
const slowerShare = 3 / 2
/** How long requests that are given up may take to say so. */
const giveUpMs = 100

export const createLane = (options: LaneOptions): Lane => {
  const { signal, sender, pace, memory, counter, timeoutMs, clock } = options
  const isOrdered = signal === 'metrics'
  const widest = isOrdered ? 1 : mostUnderWay
  const mostTogether = isOrdered ? 1 : mostBatches
  const queue = createQueue()
  const backlog = createBacklog({
    ...options,
    onFailure: options.onSpoolFailure,
    onSettled: () => turn(),
  })
  const flights = new Map<Flight, Promise<void>>()
  const stopping = new AbortController()
  let order = 0
  let width = isOrdered ? 1 : firstUnderWay
  let limitBytes = mostBytes
  let isHurried = false
  let endMs = Number.POSITIVE_INFINITY
  /** What the last answer took. */
  let roundTripMs = 0
  let hasDelivered = false
  /** What others have left stays on disk. */
  let holdsEarlier = false
  /** There was trouble, and not all that waited then is through. */
  let isBehind = false
  let spilling: Promise<void> | undefined
  let onItsWayToDisk: readonly Entry[] = []
  let cancelTimer = () => {}

  const isStopped = () => stopping.signal.aborted
  const putBack = (entries: readonly Entry[]) => queue.add(backlog.putBack(entries))

  const dropEntries = (entries: readonly Entry[], reason: string) => {
    counter.drop(itemsOf(entries), reason)
    backlog.release(entries)
  }

  const dropOldest = () => {
    const oldest = queue.next({ maxBatches: 1, maxBytes: 0 })
    // what is on disk stays there
    dropEntries(backlog.putBack(oldest), memory.fullReason)
    return oldest.length > 0
  }

  const deliver = (entries: readonly Entry[], rejected: number, reason: string) => {
    const all = itemsOf(entries)
    const own = itemsOf(entries.filter(isOwn))
    const lost = Math.min(rejected, all)
    // nobody says which; of own ones first
    const lostOwn = Math.min(lost, own)
    counter.add('delivered', own - lostOwn)
    counter.add('replayed', all - own - (lost - lostOwn))
    counter.drop(lost, `rejected: ${reason}`)
    backlog.release(entries)
    hasDelivered = true
    holdsEarlier = false
    options.onDelivered(all - lost)
  }

  /** Puts what others have left on disk again, and returns the rest. */
  const holdEarlier = (entries: readonly Entry[]) => {
    const held = entries.filter((entry) => !isOwn(entry) && isWholeOnDisk(entry))
    holdsEarlier ||= held.length > 0
    backlog.putBack(held)
    return entries.filter((entry) => !held.includes(entry))
  }

  /** Not all of them may be sent together; a single one that was too large goes in two. */
  const takeApart = (all: readonly Entry[], { kind, reason }: Refusal) => {
    const entries = kind === 'refused' && !hasDelivered ? holdEarlier(all) : all
    const [first, ...others] = entries
    if (first && others.length > 0) {
      const half = Math.ceil(entries.length / 2)
      queue.add(entries.map((entry) => ({ ...entry, mostTogether: half })))
      return
    }
    const pieces = first && kind === 'too-large' ? splitInTwo(first) : undefined
    if (!pieces) return dropEntries(entries, reason)
    memory.use(bytesOf(pieces) - bytesOf(entries))
    queue.add(pieces)
    while (memory.roomBytes() < 0 && dropOldest());
  }

  const answered = (entries: readonly Entry[], answer: Answer) => {
    if (answer.kind === 'retry') {
      putBack(entries)
      if (isStopped()) return
      width = 1
      isBehind = true
      counter.add('retried', itemsOf(entries))
      member.failed(answer.afterMs)
      options.onRetry(answer.reason)
      return
    }
    width = Math.min(widest, width + 1)
    if (answer.kind === 'delivered') deliver(entries, answer.rejected, answer.reason)
    else {
      if (answer.kind === 'too-large')
        limitBytes = Math.max(leastBytes, Math.min(limitBytes, Math.floor(bytesOf(entries) * lessShare)))
      takeApart(entries, answer)
    }
    isBehind &&= queue.size() > 0 || backlog.own().batches > 0
    member.succeeded()
  }

  const land = (flight: Flight, answer: Answer) => {
    // it may have been given up
    if (!flights.delete(flight)) return
    if (answer.kind !== 'retry') roundTripMs = clock.monotonicMs() - flight.startedMs
    answered(flight.entries, answer)
    turn()
  }

  const start = (entries: readonly Entry[], isFromDisk: boolean) => {
    const bytes = joinRequests(entries.map(({ batch }) => batch.bytes))
    const flight = { startedMs: clock.monotonicMs(), entries, isFromDisk }
    pace.sent()
    member.sent()
    const attempt = { signal, bytes, timeoutMs, abort: stopping.signal }
    flights.set(
      flight,
      sender.send(attempt).then((answer) => land(flight, answer)),
    )
  }

  /** What is sent now would be given up before its answer came, and would be sent a second time. */
  const isTooLate = () => clock.monotonicMs() + roundTripMs * slowerShare > endMs

  const takeFromDisk = async () => {
    // before the disk is asked: another signal is not to think that it may send now
    pace.sent()
    const isProbe = member.downMs() !== undefined
    const entries = await backlog.take({
      maxBatches: isProbe ? 1 : mostTogether,
      maxBytes: Math.min(limitBytes, Math.floor(memory.roomBytes() / roomParts)),
    })
    const meant = holdsEarlier ? holdEarlier(entries) : entries
    if (isStopped() || isTooLate() || member.waitMs() > 0 || memory.roomBytes() < 0) putBack(meant)
    else if (meant.length > 0) start(meant, true)
    turn()
  }

  const wakeIn = (ms: number) => {
    cancelTimer()
    if (Number.isFinite(ms)) cancelTimer = clock.after(ms, turn, { keepsAlive: isHurried })
  }

  /** A piece of what is on disk goes before the rest of it. */
  const isDiskNext = () =>
    queue.size() === 0 || (isOrdered && backlog.canTake('own') && !queue.first()?.source)

  const mayTake = () => {
    const fromDisk = [...flights.keys()].filter((flight) => flight.isFromDisk)
    const canTake = backlog.canTake(holdsEarlier ? 'own' : undefined)
    return canTake && fromDisk.length < (isHurried ? width : 1)
  }

  /** How long the next request has to wait for the sake of others. */
  const pauseMs = (isFromDisk: boolean) => {
    if (isFromDisk && memory.roomBytes() <= 0) return crowdedMs
    const isPaced = isFromDisk || (isOrdered && isBehind && queue.size() > 1)
    const isProbe = member.downMs() !== undefined
    return isPaced && !isProbe && !isHurried ? pace.waitMs() : 0
  }

  const turn = () => {
    if (isStopped()) return
    spillIfInDanger()
    wakeIn(Number.POSITIVE_INFINITY)
    // what is in the queue is newer than what is on its way from or to disk
    const isHeld = () => isOrdered && (backlog.isTaking() || spilling !== undefined)
    while (flights.size < width && !isHeld() && !isTooLate()) {
      const waitMs = member.waitMs()
      const isFromDisk = isDiskNext()
      if (isFromDisk && !mayTake()) return backlog.hasAny() ? wakeIn(unreadableMs) : undefined
      const delayMs = waitMs > 0 ? waitMs : pauseMs(isFromDisk)
      if (delayMs > 0) return wakeIn(delayMs)
      if (isFromDisk) {
        void takeFromDisk()
        return
      }
      start(queue.next({ maxBatches: mostTogether, maxBytes: limitBytes }), false)
    }
  }

  const member: Member = options.link.join(() => turn())

  /** A piece of what is on disk need not be there twice, as long as there is somebody to send it. */
  const isForDisk = ({ source }: Entry) => source === undefined || isStopped()

  const spillQueue = async () => {
    while (backlog.mayKeep()) {
      const entries = queue.takeAll(isForDisk)
      if (entries.length === 0) return
      onItsWayToDisk = entries
      const isKept = await backlog.keep(entries)
      // they were dropped meanwhile
      if (onItsWayToDisk !== entries) return
      onItsWayToDisk = []
      if (isKept) backlog.kept(entries)
      else queue.add(entries)
    }
  }

  const spill = async (): Promise<void> => {
    if (!spilling && backlog.mayKeep() && queue.some(isForDisk))
      spilling = spillQueue().finally(() => {
        spilling = undefined
        turn()
      })
    await spilling
  }

  const spillIfInDanger = () => {
    const [oldest] = flights.keys()
    const isStuck = oldest !== undefined && clock.monotonicMs() - oldest.startedMs >= stuckAfterMs
    if (isStuck || member.downMs() !== undefined) void spill()
  }

  return {
    accept: (batch) => {
      if (isStopped()) return counter.drop(batch.items, 'handed over after the end')
      for (const part of splitToFit(batch, limitBytes)) {
        pace.accepted()
        memory.use(part.bytes.length)
        order += 1
        queue.add([makeEntry(part, order)])
      }
    },
    turn,
    queuedBytes: queue.bytes,
    dropOldest,
    spill,
    hurry: (atMs) => {
      isHurried = true
      endMs = atMs
      backlog.tryAgain()
      turn()
    },
    isIdle: () => {
      const isDiskDone = holdsEarlier ? backlog.own().batches === 0 : !backlog.hasAny()
      return queue.size() === 0 && flights.size === 0 && !spilling && isDiskDone
    },
    isThrough: () => {
      const underWay = [...flights.keys()].flatMap(({ entries }) => entries)
      return !queue.some(isOwn) && !underWay.some(isOwn) && !spilling && backlog.own().batches === 0
    },
    oldestAtMs: () => {
      const underWay = [...flights.keys()].flatMap(({ entries }) => entries)
      const inMemory = [...underWay, ...onItsWayToDisk, queue.first()].map(
        (entry) => entry?.batch.acceptedAtMs,
      )
      const known = [...inMemory, backlog.own().oldestAtMs].filter((atMs) => atMs !== undefined)
      return known.length > 0 ? Math.min(...known) : undefined
    },
    stop: async () => {
      cancelTimer()
      stopping.abort()
      await endsWithin(clock, giveUpMs, Promise.all(flights.values()))
      for (const flight of [...flights.keys()]) land(flight, { kind: 'retry', reason: 'given up' })
      putBack(queue.takeAll())
      await spilling
      backlog.tryAgain()
      await spill()
    },
    drop: (reason) => {
      const lost = [...onItsWayToDisk, ...queue.takeAll()]
      onItsWayToDisk = []
      dropEntries(lost, reason)
    },
  }
}
