import { type Signal, signals } from '../../otlp/signals.ts'
import { addTo, type Facts, makeTotals, type Origin, type Segment } from './segment.ts'
import type { Waiting } from './spool.ts'

/** Where a record is. */
export interface Place {
  readonly segment: Segment
  readonly index: number
}

export interface Limits {
  readonly maxBatches: number
  readonly maxBytes: number
}

/** What is in a spool, and who has it in hands: all that can be said without the disk. */
export interface Catalogue {
  /** Of all files. */
  readonly bytes: () => number
  /** In the order of delivery: own ones as they were made, then earlier ones, the oldest directory first. */
  readonly segments: () => readonly Segment[]
  /** Takes segments in, with the records that they have. */
  readonly addSegments: (segments: readonly Segment[]) => void
  readonly addRecord: (segment: Segment, facts: Facts) => void
  readonly setSize: (segment: Segment, sizeBytes: number) => void
  /**
   * Takes the first batches that wait: at least one, and together no more than the limits. Those from before `tooOldMs`
   * are settled instead.
   */
  readonly choose: (
    signal: Signal,
    limits: Limits,
    tooOldMs: number,
  ) => { readonly chosen: readonly Place[]; readonly expired: readonly Place[] }
  readonly settle: (place: Place) => void
  /** Strikes a segment off. What waits in it is settled and returned; what is taken is so no longer for us to count. */
  readonly drop: (segment: Segment, reason: string) => readonly Facts[]
  readonly waiting: (signal: Signal, origin?: Origin) => Waiting
}

const leastOf = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined)
  return known.length > 0 ? Math.min(...known) : undefined
}

/** Segments of one directory stay together, in their order; the directory with the oldest record is first. */
const inOrder = (segments: readonly Segment[]): Segment[] => {
  const ages = new Map<string, number>()
  for (const { directory, oldestAtMs } of segments)
    ages.set(directory, Math.min(ages.get(directory) ?? Number.POSITIVE_INFINITY, oldestAtMs()))
  const ageOf = ({ directory }: Segment) => ages.get(directory) ?? 0
  const byName = (a: string, b: string) => (a < b ? -1 : Number(a > b))
  return segments.toSorted((a, b) => ageOf(a) - ageOf(b) || byName(a.path, b.path))
}

export const makeCatalogue = (): Catalogue => {
  const rows: Record<Origin, Segment[]> = { own: [], earlier: [] }
  const totals = { own: makeTotals(), earlier: makeTotals() }
  let bytes = 0

  const inDeliveryOrder = () => [...rows.own, ...rows.earlier]

  const count = (origin: Origin, { signal, items, length }: Facts, sign: 1 | -1) =>
    addTo(totals[origin][signal], { batches: 1, items, bytes: length }, sign)

  const countAll = ({ origin, live }: Segment, sign: 1 | -1) => {
    for (const signal of signals) addTo(totals[origin][signal], live[signal], sign)
  }

  const settle = ({ segment, index }: Place) => {
    if (segment.state(index) === 'settled') return
    if (segment.droppedFor === undefined) count(segment.origin, segment.facts(index), -1)
    segment.setState(index, 'settled')
  }

  function* waitingPlaces(signal: Signal): Generator<Place> {
    for (const segment of inDeliveryOrder()) {
      let index = segment.nextWaiting(signal)
      for (; index !== undefined; index = segment.nextWaiting(signal, index + 1)) yield { segment, index }
    }
  }

  const waitingOf = (signal: Signal, origin: Origin): Waiting => {
    const total = totals[origin][signal]
    // segments, not records, are passed over: a few hundred at most
    const first =
      total.batches > 0 ? rows[origin].find((segment) => segment.live[signal].batches > 0) : undefined
    const index = first?.firstLive(signal)
    return { ...total, oldestAtMs: index === undefined ? undefined : first?.facts(index).acceptedAtMs }
  }

  return {
    bytes: () => bytes,
    segments: inDeliveryOrder,
    addSegments: (segments) => {
      for (const segment of segments) {
        rows[segment.origin].push(segment)
        bytes += segment.sizeBytes
        countAll(segment, 1)
      }
      rows.earlier = inOrder(rows.earlier)
    },
    addRecord: (segment, facts) => {
      segment.add(facts)
      count(segment.origin, facts, 1)
    },
    setSize: (segment, sizeBytes) => {
      bytes += sizeBytes - segment.sizeBytes
      segment.sizeBytes = sizeBytes
    },
    choose: (signal, { maxBatches, maxBytes }, tooOldMs) => {
      const chosen: Place[] = []
      const expired: Place[] = []
      let chosenBytes = 0
      for (const place of waitingPlaces(signal)) {
        const { length, acceptedAtMs } = place.segment.facts(place.index)
        if (acceptedAtMs < tooOldMs) {
          settle(place)
          expired.push(place)
          continue
        }
        chosenBytes += length
        if (chosen.length > 0 && (chosen.length >= maxBatches || chosenBytes > maxBytes)) break
        place.segment.setState(place.index, 'taken')
        chosen.push(place)
      }
      return { chosen, expired }
    },
    settle,
    drop: (segment, reason) => {
      const row = rows[segment.origin]
      const at = row.indexOf(segment)
      if (at < 0) return []
      row.splice(at, 1)
      bytes -= segment.sizeBytes
      countAll(segment, -1)
      const waiting = [...segment.allWaiting()]
      for (const index of waiting) segment.setState(index, 'settled')
      segment.droppedFor = reason
      return waiting.map((index) => segment.facts(index))
    },
    waiting: (signal, origin) => {
      if (origin) return waitingOf(signal, origin)
      const [own, earlier] = [waitingOf(signal, 'own'), waitingOf(signal, 'earlier')]
      return {
        batches: own.batches + earlier.batches,
        items: own.items + earlier.items,
        bytes: own.bytes + earlier.bytes,
        oldestAtMs: leastOf([own.oldestAtMs, earlier.oldestAtMs]),
      }
    },
  }
}
