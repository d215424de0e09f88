import type {
  BeginEntry,
  CheckpointEntry,
  DeliveryEntry,
  EndEntry,
  FactEntry,
  FindingEntry,
  MomentEntry,
  StateEntry,
  StatusEntry,
  TimeToGoEntry,
} from '../../logbook/entry.ts'
import type { BeatGap } from '../api.ts'
import { boundedList } from './bounded-list.ts'
import { type Column, float64Column } from './column.ts'

/** One life of the run. */
export interface Attempt {
  readonly begin: BeginEntry
  /** When its progress file was first seen. */
  readonly firstSignMs: number | undefined
  readonly lastSignMs: number | undefined
  readonly end: EndEntry | undefined
}

const most = 10_000

/** What one logbook has told so far. */
export const createBook = () => {
  const attempts: Attempt[] = []
  const states = boundedList<StateEntry>(most)
  const statuses = boundedList<StatusEntry>(most)
  const moments = boundedList<MomentEntry>(most)
  const checkpoints = boundedList<CheckpointEntry>(most)
  const findings = boundedList<FindingEntry>(most)
  const gaps = boundedList<BeatGap>(most)
  const beats: Column = float64Column()
  /** Which of all facts each beat was. */
  const beatRanks: Column = float64Column()
  const ranks = new WeakMap<FactEntry, number>()
  let count = 0
  /** All writes of the file: states too. */
  const signs: Column = float64Column()
  let lastSignMs: number | undefined
  let state: StateEntry | undefined
  let delivery: DeliveryEntry | undefined
  let timeToGo: TimeToGoEntry | undefined

  const change = (changed: Partial<Attempt>) => {
    const last = attempts.at(-1)
    if (last) attempts[attempts.length - 1] = { ...last, ...changed }
  }
  const sign = (t: number) => {
    const last = attempts.at(-1)
    const gap = last && lastSignMs !== undefined && gapBetween(lastSignMs, t, last.begin)
    if (gap) gaps.push(gap)
    lastSignMs = t
    signs.push(t)
    change({ lastSignMs: t, ...(last?.firstSignMs === undefined && { firstSignMs: t }) })
  }

  return {
    add: (entry: FactEntry): void => {
      count += 1
      if (entry.k === 'beat') beatRanks.push(count)
      else ranks.set(entry, count)
      switch (entry.k) {
        case 'begin':
          attempts.push({ begin: entry, firstSignMs: undefined, lastSignMs: undefined, end: undefined })
          // what the attempt before had to go is over, and the time in between is nobody's silence
          lastSignMs = undefined
          timeToGo = undefined
          return
        case 'state':
          sign(entry.t)
          state = entry
          states.push(entry)
          return
        case 'beat':
          sign(entry.t)
          beats.push(entry.t)
          return
        case 'status':
          statuses.push(entry)
          return
        case 'moment':
          moments.push(entry)
          return
        case 'checkpoint':
          checkpoints.push(entry)
          return
        case 'finding':
          findings.push(entry)
          return
        case 'delivery':
          delivery = entry
          return
        case 'go':
          timeToGo = entry
          return
        case 'end':
          change({ end: entry })
          lastSignMs = undefined
      }
    },
    attempts: (): readonly Attempt[] => attempts,
    attempt: () => attempts.at(-1),
    states,
    statuses,
    moments,
    checkpoints,
    findings,
    gaps,
    beats,
    beatRank: beatRanks.get,
    /** Which of all facts it was: clocks may go back, so that times do not tell. */
    rank: (entry: FactEntry) => ranks.get(entry) ?? 0,
    signs,
    state: () => state,
    delivery: () => delivery,
    timeToGo: () => timeToGo,
  }
}

export type Book = ReturnType<typeof createBook>

/** A time without a sign of life, if it was too long. */
export const gapBetween = (fromMs: number, toMs: number, { limits }: BeginEntry): BeatGap | undefined =>
  toMs - fromMs > limits.documentedStaleAfterMs
    ? { fromMs, toMs, isFatal: toMs - fromMs > limits.staleAfterMs }
    : undefined
