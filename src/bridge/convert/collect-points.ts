import { type Attributes, type Point, type Series, seriesKey } from '../../otlp/points/point.ts'
import type { Instrument, Mapping } from '../mapping/mapping.ts'
import type { Moment, State } from './state.ts'

export interface CollectOptions {
  /** So long after its last new record a job's points are exported no more. */
  readonly staleAfterMs: number
  /** When the file was last written, by its file system; undefined if there is none. */
  readonly fileMs: number | undefined
}

export interface Collected {
  readonly state: State
  readonly points: readonly Point[]
}

const seriesOf = ({ name, type, unit, description }: Instrument, attributes: Attributes): Series => ({
  ...{ name, type, unit, description, attributes },
})

/** What the job's latest record says, and what was counted up to it: nothing that was said before. */
const jobPoints = (mapping: Mapping, { current, counters, histograms }: State): readonly Point[] => {
  if (current === undefined) return []
  const { timeMs, common } = current
  const known = mapping.instruments.flatMap((instrument, index): readonly Point[] => {
    const series = seriesOf(instrument, current.attributes[index] ?? {})
    const counter = counters[index]
    const histogram = histograms[index]
    if (instrument.type === 'counter')
      return counter ? [{ ...series, startMs: counter.startMs, timeMs, value: counter.total }] : []
    if (instrument.type === 'histogram') {
      if (!histogram) return []
      const { startMs, ...distribution } = histogram
      return [{ ...series, startMs, timeMs, value: { ...distribution, bounds: instrument.buckets } }]
    }
    const value = current.values[index]
    return value === undefined ? [] : [{ ...series, timeMs, value }]
  })
  const others = current.others.map(
    ({ name, value }): Point => ({
      ...{ name, unit: '', description: '', attributes: common, timeMs, value },
      type: 'gauge',
    }),
  )
  return [...known, ...others]
}

const describe = (
  type: Series['type'],
  name: string,
  unit: string,
  description: string,
): Omit<Series, 'attributes'> => ({ type, name: `taskbeat.bridge.${name}`, unit, description })

const fileAge = describe('gauge', 'file.age', 's', 'Time since the metrics file was written')
const records = describe('counter', 'records', '{record}', 'Records of the metrics file that were used')
const missedBatches = describe(
  'counter',
  'batches.missed',
  '{batch}',
  'Batches of which no record was seen, as the job writes fewer, or faster than they are read',
)
const trouble = describe('counter', 'trouble', '{trouble}', 'What could not be used, by its kind')

/** What the bridge says of itself. */
const ownPoints = (
  mapping: Mapping,
  state: State,
  { wallMs }: Moment,
  fileMs: number | undefined,
): readonly Point[] => {
  const counted = { startMs: Math.min(state.sinceMs, wallMs), timeMs: wallMs }
  const hasSteps = mapping.instruments.some((one) => one.type === 'counter' && one.isStep)
  return [
    ...(fileMs === undefined
      ? []
      : [{ ...fileAge, attributes: {}, timeMs: wallMs, value: Math.max(0, wallMs - fileMs) / 1000 }]),
    { ...records, ...counted, attributes: {}, value: state.records },
    ...(hasSteps ? [{ ...missedBatches, ...counted, attributes: {}, value: state.missed }] : []),
    ...Object.entries(state.troubles).map(([kind, times]) => ({
      ...{ ...trouble, ...counted, attributes: { 'taskbeat.kind': kind }, value: times },
    })),
  ]
}

const seriesAlone = ({ name, type, unit, description, attributes }: Point): Series => ({
  ...{ name, type, unit, description, attributes },
})

/**
 * Everything to export now: the current points of the job unless it has gone quiet, one end mark for each series that was
 * exported the last time and is not any more, and what the bridge says of itself.
 */
export const collectPoints = (
  mapping: Mapping,
  state: State,
  now: Moment,
  { staleAfterMs, fileMs }: CollectOptions,
): Collected => {
  const { current, freshAtMs } = state
  const isFresh = freshAtMs !== undefined && now.monotonicMs - freshAtMs < staleAfterMs
  const points = isFresh ? jobPoints(mapping, state) : []
  const still = new Set(points.map(seriesKey))
  const ended = state.exported.filter((series) => !still.has(seriesKey(series)))
  // a series ends with the record that does not have it, or after all its points; it may come back with the next one
  const endMs = isFresh && current ? current.timeMs : Math.max(now.wallMs, state.lastMs + 1)
  const marks = ended.map((series): Point => ({ ...series, timeMs: endMs, value: undefined }))
  return {
    state: {
      ...state,
      exported: points.map(seriesAlone),
      lastMs: marks.length > 0 ? Math.max(state.lastMs, endMs) : state.lastMs,
    },
    points: [...marks, ...points, ...ownPoints(mapping, state, now, fileMs)],
  }
}
