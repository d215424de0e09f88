import type { Mapping } from '../mapping/mapping.ts'
import type { Sighting } from '../reading/follow-file.ts'
import type { Trouble } from '../trouble.ts'
import { advanceCounter, type CounterState, missedBetween } from './counter.ts'
import { type HistogramState, recordValue } from './histogram.ts'
import { type MetricsRecord, readRecord } from './read-record.ts'
import { type Belonging, runOf } from './run.ts'
import type { Current, Moment, Run, State } from './state.ts'
import { timeOfRecord } from './time.ts'

/** A record may be sighted again after others: where a file system shows what it had before, or a link goes back. */
const mostSeen = 64

export interface Taken {
  readonly state: State
  /** All that this record has; none for one that was seen. */
  readonly troubles: readonly Trouble[]
}

const currentOf = (mapping: Mapping, run: Run, record: MetricsRecord, timeMs: number): Current => {
  const common = { ...run.owner, ...record.changing }
  return {
    ...{ timeMs, common },
    attributes: mapping.instruments.map((_, index) => ({
      ...common,
      ...record.instruments[index]?.attributes,
    })),
    values: record.instruments.map(({ value }) => value),
    others: record.others,
  }
}

/** The counters and histograms after one more record. */
const count = (
  { instruments }: Mapping,
  state: State,
  record: MetricsRecord,
  { run, isOther, isOtherOwner, timeMs }: Belonging & { readonly timeMs: number },
): Pick<State, 'counters' | 'histograms' | 'missed'> => {
  const { sinceMs, lastMs } = state
  const counters: Record<number, CounterState> = isOther ? {} : { ...state.counters }
  const histograms: Record<number, HistogramState> = isOtherOwner ? {} : { ...state.histograms }
  let missed = state.missed
  for (const [index, instrument] of instruments.entries()) {
    const { value, reading } = record.instruments[index] ?? {}
    if (instrument.type === 'histogram' && value !== undefined) {
      // what was measured for another owner ended with its last point
      const startMs = Math.min(isOtherOwner ? Math.max(sinceMs, lastMs) : sinceMs, timeMs - 1)
      histograms[index] = recordValue(histograms[index], value, { bounds: instrument.buckets, startMs })
    }
    if (instrument.type === 'counter' && reading) {
      const before = counters[index]
      const after = advanceCounter(before, reading, { startMs: run.startMs, lastMs })
      counters[index] = after
      // what was before the first record of all nobody could have seen
      if (instrument.isStep && (before || isOther)) missed += missedBetween(before, after)
    }
  }
  return { counters, histograms, missed }
}

/** When a record was new: now if it came while we watched; what is there at the first look may be from long ago. */
const freshAt = ({ freshAtMs }: State, sighting: Sighting, record: MetricsRecord, now: Moment): number => {
  if (freshAtMs !== undefined) return now.monotonicMs
  const ageMs = now.wallMs - Math.max(sighting.writtenAtMs, record.timestampMs ?? 0)
  return now.monotonicMs - Math.max(0, ageMs)
}

const takeSeen = (
  mapping: Mapping,
  state: State,
  record: MetricsRecord,
  fresh: Pick<State, 'freshAtMs'>,
): State => {
  const isLatest = state.seen.at(-1) === record.key
  // a bridge that was restarted knows what it has counted, not what the gauges were
  if (state.current || !state.run || !isLatest) return state
  return { ...state, ...fresh, current: currentOf(mapping, state.run, record, state.lastMs) }
}

/** Takes what the file says now. What was taken before changes nothing. */
export const takeSighting = (mapping: Mapping, state: State, sighting: Sighting, now: Moment): Taken => {
  const { record, troubles } = readRecord(mapping, sighting)
  const fresh = { freshAtMs: freshAt(state, sighting, record, now) }
  if (state.seen.includes(record.key)) return { state: takeSeen(mapping, state, record, fresh), troubles: [] }

  const { timestampMs } = record
  const { timeMs, isWrong } = timeOfRecord({
    ...{ timestampMs, writtenAtMs: sighting.writtenAtMs },
    ...{ nowMs: now.wallMs, lastMs: state.lastMs },
  })
  // a clock that is wrong about one is wrong about the other: a time zone that was left out, most often
  const offMs = isWrong ? timeMs - (timestampMs ?? timeMs) : 0
  const startMs = record.startMs === undefined ? undefined : record.startMs + offMs
  const belonging = runOf(state, record, { timeMs, startMs })
  const wrongTime: Trouble = {
    kind: 'time',
    message: `metrics file: ${mapping.timestamp} lies in the future or long before the file was written: the time of the file is used`,
  }
  return {
    state: {
      ...state,
      ...fresh,
      ...count(mapping, state, record, { ...belonging, timeMs }),
      run: belonging.run,
      lastMs: timeMs,
      seen: [...state.seen, record.key].slice(-mostSeen),
      records: state.records + 1,
      current: currentOf(mapping, belonging.run, record, timeMs),
    },
    troubles: isWrong ? [...troubles, wrongTime] : troubles,
  }
}
