import { type Signal, signals } from '../../otlp/signals.ts'
import type { Batch } from '../batch.ts'
import type { SpooledBatch } from './spool.ts'

export type Origin = SpooledBatch['origin']

/** What a record is, all but its payload. */
export interface Facts extends Pick<Batch, 'signal' | 'items' | 'acceptedAtMs'> {
  /** Of the record in its file. */
  readonly offset: number
  /** Of the payload. */
  readonly length: number
}

const states = ['waiting', 'taken', 'settled'] as const
type RecordState = (typeof states)[number]

/**
 * What is known of a file of records. The records lie in columns: 26 bytes each, where an object would be a hundred,
 * since a spool may hold millions.
 */
export interface Segment {
  readonly directory: string
  readonly path: string
  readonly origin: Origin
  /** Of the file. */
  sizeBytes: number
  /** Why its file was dropped, if it was; records that are taken live on in the hands of who took them. */
  droppedFor: string | undefined
  /** States were written that are not synced. */
  hasUnsyncedMarks: boolean
  readonly oldestAtMs: () => number
  readonly newestAtMs: () => number
  readonly add: (facts: Facts) => void
  /** Forgets all records; they are settled, and the file was cut to nothing. */
  readonly clear: () => void
  readonly facts: (index: number) => Facts
  readonly state: (index: number) => RecordState
  readonly setState: (index: number, state: RecordState) => void
  /** What waits or is taken. */
  readonly live: Readonly<Record<Signal, Readonly<Total>>>
  readonly isSettled: () => boolean
  /** The first record of a signal that is not settled. */
  readonly firstLive: (signal: Signal) => number | undefined
  /** The first record of a signal that waits, at or after `from`. */
  readonly nextWaiting: (signal: Signal, from?: number) => number | undefined
  /** All records that wait. */
  readonly allWaiting: () => Iterable<number>
}

/** A sum of records. */
export interface Total {
  batches: number
  items: number
  /** Of the payloads. */
  bytes: number
}

export const makeTotals = (): Record<Signal, Total> => ({
  traces: { batches: 0, items: 0, bytes: 0 },
  metrics: { batches: 0, items: 0, bytes: 0 },
  logs: { batches: 0, items: 0, bytes: 0 },
})

/** Adds to a sum, or takes from it. */
export const addTo = (total: Total, more: Readonly<Total>, sign: 1 | -1): void => {
  total.batches += sign * more.batches
  total.items += sign * more.items
  total.bytes += sign * more.bytes
}

type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

const grown = <C extends Column>(column: C, make: new (length: number) => C): C => {
  const longer = new make(column.length * 2)
  longer.set(column)
  return longer
}

const zeroes = (): Record<Signal, number> => ({ traces: 0, metrics: 0, logs: 0 })

export const makeSegment = (
  place: Pick<Segment, 'directory' | 'path' | 'origin'>,
  sizeBytes: number,
): Segment => {
  let signalColumn = new Uint8Array(16)
  let stateColumn = new Uint8Array(16)
  let items = new Uint32Array(16)
  let lengths = new Uint32Array(16)
  let offsets = new Float64Array(16)
  let times = new Float64Array(16)
  let count = 0
  let oldestAtMs = Number.POSITIVE_INFINITY
  let newestAtMs = Number.NEGATIVE_INFINITY
  const live = makeTotals()
  /** Before these there is no such record any more; the first only grows, the second is set back by what waits again. */
  let liveFrom = zeroes()
  let waitingFrom = zeroes()

  const grow = () => {
    signalColumn = grown(signalColumn, Uint8Array)
    stateColumn = grown(stateColumn, Uint8Array)
    items = grown(items, Uint32Array)
    lengths = grown(lengths, Uint32Array)
    offsets = grown(offsets, Float64Array)
    times = grown(times, Float64Array)
  }

  const signalAt = (index: number): Signal => signals[signalColumn[index] ?? 0] ?? 'traces'
  const state = (index: number): RecordState => states[stateColumn[index] ?? 0] ?? 'waiting'

  const find = (signal: Signal, from: number, isIt: (state: RecordState) => boolean): number => {
    let index = from
    while (index < count && !(signalAt(index) === signal && isIt(state(index)))) index += 1
    return index
  }
  const orNone = (index: number) => (index < count ? index : undefined)
  const waits = (found: RecordState) => found === 'waiting'
  const lives = (found: RecordState) => found !== 'settled'

  return {
    ...place,
    sizeBytes,
    droppedFor: undefined,
    hasUnsyncedMarks: false,
    oldestAtMs: () => oldestAtMs,
    newestAtMs: () => newestAtMs,
    add: (facts) => {
      if (count === signalColumn.length) grow()
      signalColumn[count] = signals.indexOf(facts.signal)
      items[count] = facts.items
      lengths[count] = facts.length
      offsets[count] = facts.offset
      times[count] = facts.acceptedAtMs
      stateColumn[count] = 0
      count += 1
      addTo(live[facts.signal], { batches: 1, items: facts.items, bytes: facts.length }, 1)
      oldestAtMs = Math.min(oldestAtMs, facts.acceptedAtMs)
      newestAtMs = Math.max(newestAtMs, facts.acceptedAtMs)
    },
    clear: () => {
      count = 0
      oldestAtMs = Number.POSITIVE_INFINITY
      newestAtMs = Number.NEGATIVE_INFINITY
      liveFrom = zeroes()
      waitingFrom = zeroes()
    },
    facts: (index) => ({
      signal: signalAt(index),
      items: items[index] ?? 0,
      length: lengths[index] ?? 0,
      offset: offsets[index] ?? 0,
      acceptedAtMs: times[index] ?? 0,
    }),
    state,
    setState: (index, to) => {
      const signal = signalAt(index)
      if (to === 'settled' && lives(state(index)))
        addTo(live[signal], { batches: 1, items: items[index] ?? 0, bytes: lengths[index] ?? 0 }, -1)
      if (to === 'waiting') waitingFrom[signal] = Math.min(waitingFrom[signal], index)
      stateColumn[index] = states.indexOf(to)
    },
    live,
    isSettled: () => signals.every((signal) => live[signal].batches === 0),
    firstLive: (signal) => {
      liveFrom[signal] = find(signal, liveFrom[signal], lives)
      return orNone(liveFrom[signal])
    },
    nextWaiting: (signal, from) => {
      if (from !== undefined) return orNone(find(signal, from, waits))
      waitingFrom[signal] = find(signal, waitingFrom[signal], waits)
      return orNone(waitingFrom[signal])
    },
    allWaiting: function* () {
      for (let index = 0; index < count; index += 1) if (waits(state(index))) yield index
    },
  }
}
