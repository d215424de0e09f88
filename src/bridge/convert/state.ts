import type { Clock } from '../../clock.ts'
import type { Attributes, Series } from '../../otlp/points/point.ts'
import type { TroubleKind } from '../trouble.ts'
import type { CounterState } from './counter.ts'
import type { HistogramState } from './histogram.ts'
import type { OtherGauge } from './read-others.ts'

/** Now, by both clocks, in milliseconds. */
export interface Moment {
  /** Since 1970. */
  readonly wallMs: number
  /** Only grows, whatever is done to the wall clock. */
  readonly monotonicMs: number
}

export const momentOf = (clock: Clock): Moment => ({
  wallMs: clock.now().getTime(),
  monotonicMs: clock.monotonicMs(),
})

/** One life of the job. */
export interface Run {
  readonly start: string | undefined
  /** When it started, as far as that is known: milliseconds since 1970. */
  readonly startMs: number
  /** Whose metrics these are. */
  readonly owner: Attributes
}

/**
 * What is known of the job, and outlasts a restart of the bridge if it is kept. Its size has a bound, whatever the file
 * says for however long. Times are milliseconds since 1970.
 */
export interface Kept {
  /** From when on this has counted. */
  readonly sinceMs: number
  readonly run: Run | undefined
  /** The latest time of a point. */
  readonly lastMs: number
  /** The records that were seen last, newest last, by their keys. */
  readonly seen: readonly string[]
  /** By the index of the instrument in the mapping. */
  readonly counters: Readonly<Record<number, CounterState>>
  readonly histograms: Readonly<Record<number, HistogramState>>
  readonly records: number
  readonly missed: number
  readonly troubles: Readonly<Partial<Record<TroubleKind, number>>>
  /** What was exported last. */
  readonly exported: readonly Series[]
}

/** What the latest record says, as far as the counters do not. */
export interface Current {
  readonly timeMs: number
  /** By the index of the instrument: all that its points have. */
  readonly attributes: readonly Attributes[]
  /** By the index of the instrument; of those that are no gauges too. */
  readonly values: readonly (number | undefined)[]
  readonly others: readonly OtherGauge[]
  /** Those of all points, without the ones that an instrument has by itself. */
  readonly common: Attributes
}

export interface State extends Kept {
  /** Undefined before the first record of this life of the bridge. */
  readonly current?: Current
  /** When the latest record was new, by the monotonic clock. */
  readonly freshAtMs?: number
}

export const newState = ({ wallMs }: Moment): State => ({
  sinceMs: wallMs,
  run: undefined,
  lastMs: 0,
  seen: [],
  counters: {},
  histograms: {},
  records: 0,
  missed: 0,
  troubles: {},
  exported: [],
})

export const countTrouble = (state: State, kind: TroubleKind): State => ({
  ...state,
  troubles: { ...state.troubles, [kind]: (state.troubles[kind] ?? 0) + 1 },
})
