import type { Clock } from '../clock.ts'
import { createBucket } from './bucket.ts'
import { type Family, familyOf, type LogbookEntry, type PointsEntry } from './entry.ts'
import { createFactPace } from './fact-pace.ts'
import { createFold } from './fold-points.ts'
import { lineOf } from './line-of.ts'
import type { Room, Shelf } from './shelf.ts'
import { createWriter } from './writer.ts'

/** Lines a second that are kept of logs, of spans and of facts, and how many at once. */
const rates = {
  logs: { rate: 2_000, burst: 20_000 },
  spans: { rate: 2_000, burst: 20_000 },
  facts: { rate: 200, burst: 4_000 },
} as const

/** Lines of points: what comes within 100 ms is joined, but for a burst, so that a short training keeps every step. */
const points = { rate: 10, burst: 10_000, joinMs: 100 }
const tellPauseMs = 10_000

const words: Readonly<Record<Family, string>> = {
  facts: 'facts',
  curves: 'points',
  spans: 'spans',
  logs: 'log lines',
}

const leftOutText = (counts: ReadonlyMap<Family, number>) =>
  `not in the logbook, as there were too many: ${[...counts].map(([family, count]) => `${count} ${words[family]}`).join(', ')}`

export interface EntranceOptions {
  readonly shelves: Promise<Readonly<Record<Family, Shelf>>>
  readonly rooms: Readonly<Record<Family, Room>>
  readonly clock: Clock
  readonly onFailure: (error: unknown) => void
}

/** Lets in what there is room for, and joins points that are close together. */
export const createEntrance = ({ shelves, rooms, clock, onFailure }: EntranceOptions) => {
  const leftOut = new Map<Family, number>()
  let leftOutToldMs = Number.NEGATIVE_INFINITY
  const leaveOut = (family: Family, count = 1) => {
    leftOut.set(family, (leftOut.get(family) ?? 0) + count)
    writer.arm()
  }

  const buckets = {
    facts: createBucket(clock, rates.facts.rate, rates.facts.burst),
    spans: createBucket(clock, rates.spans.rate, rates.spans.burst),
    logs: createBucket(clock, rates.logs.rate, rates.logs.burst),
  }
  const pointBucket = createBucket(clock, points.rate, points.burst)
  const fold = createFold()
  let foldedMs = 0

  const { mostBytes: factBytes, segmentBytes } = rooms.facts
  // the end of an attempt finds room, whatever came before it
  const factsFit = (bytes: number) => writer.bytes('facts') + bytes <= factBytes - segmentBytes
  const pace = createFactPace(clock, () => writer.bytes('facts') > factBytes / 2)

  const put = (family: Family, entry: LogbookEntry) => {
    const line = lineOf(entry, rooms[family].segmentBytes)
    const fits = line && (family !== 'facts' || entry.k === 'end' || factsFit(line.bytes))
    if (!fits || !writer.add(family, line)) leaveOut(family)
  }

  const endFold = () => {
    const joined = fold.take()
    if (joined) put('curves', joined)
  }

  const addPoints = (entry: PointsEntry) => {
    const nowMs = clock.monotonicMs()
    const isBehind = writer.isBehind('curves')
    if (!fold.isEmpty() && !isBehind && nowMs - foldedMs >= points.joinMs) endFold()
    if (fold.isEmpty()) {
      if (!isBehind && pointBucket.take()) return put('curves', entry)
      foldedMs = nowMs
      writer.arm()
    }
    fold.add(entry)
  }

  const mayEnter = ({ k }: LogbookEntry, family: keyof typeof rates) =>
    k === 'begin' || k === 'end' || buckets[family].take()

  const tellLeftOut = () => {
    const nowMs = clock.monotonicMs()
    if (leftOut.size === 0 || nowMs - leftOutToldMs < tellPauseMs) return
    leftOutToldMs = nowMs
    const text = leftOutText(leftOut)
    leftOut.clear()
    put('facts', { k: 'moment', t: clock.now().getTime(), severity: 'WARN', text })
    // there was no room to tell of it
    leftOut.clear()
  }

  const writer = createWriter({
    ...{ shelves, clock, onFailure },
    onFlush: () => {
      if (!writer.isBehind('curves')) endFold()
      tellLeftOut()
    },
    onLeftOut: (family, count) => leaveOut(family, count),
  })

  return {
    add: (entry: LogbookEntry): void => {
      const family = familyOf(entry)
      if (entry.k === 'p') addPoints(entry)
      else if (family === 'curves' || !mayEnter(entry, family)) leaveOut(family)
      else if (family === 'facts') for (const told of pace(entry)) put(family, told)
      else put(family, entry)
    },
    close: (): Promise<void> => {
      endFold()
      leftOutToldMs = Number.NEGATIVE_INFINITY
      tellLeftOut()
      return writer.close()
    },
  }
}
