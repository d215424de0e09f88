import type { JsonNumber } from '../../json.ts'
import type { PointsEntry, SeriesEntry } from '../../logbook/entry.ts'
import { seriesKey } from '../../otlp/points/point.ts'
import type { Curve, CurvesQuery, ShownSeries } from '../api.ts'
import { choosePoints } from './downsample.ts'
import { curveOver, overTime } from './draw-series.ts'
import { groupOf } from './groups.ts'
import { copy, emptySeries, push, type Series } from './series.ts'

export interface SeriesPoint {
  readonly t: number
  readonly step: number | undefined
  readonly value: number
}

export interface SeriesTable {
  /** @param book - whose ids these are: each logbook has its own */
  readonly declare: (book: string, entry: SeriesEntry) => void
  readonly add: (book: string, entry: PointsEntry) => void
  readonly shown: () => readonly ShownSeries[]
  readonly curves: (query: CurvesQuery) => readonly Curve[]
  /** The points of a curve that so many pixels would show, as they were told. */
  readonly points: (id: number, columns: number) => readonly SeriesPoint[]
  /** Of the first curve of that name: its newest point. */
  readonly newestOf: (name: string) => { readonly t: number; readonly value: number } | undefined
  /** The newest step that any point told. */
  readonly newestStep: () => number | undefined
}

/** More than a logbook declares; what comes beyond is left out. */
const mostSeries = 2_000
/** 24 bytes each: beyond, old points get coarser. */
const mostPoints = 1_600_000
/** Old points are joined by so many. */
const joined = 16

const numberOf = (value: JsonNumber) => Number(value)

/** A value, or the values of a span of time in an order in which their line shows all: what was last comes last. */
const valuesOf = (value: PointsEntry['v'][string], isCounter: boolean): readonly number[] => {
  if (typeof value !== 'object') return [numberOf(value)]
  const [least, greatest, last] = value.map(numberOf) as [number, number, number]
  if (isCounter || (Object.is(least, last) && Object.is(greatest, last))) return [last]
  if (Object.is(least, last)) return [greatest, last]
  return Object.is(greatest, last) ? [least, last] : [least, greatest, last]
}

/** The older half gets coarser: extremes stay. */
const thinned = (series: Series): Series => {
  const order = series.order.get()
  const half = order.length >>> 1
  const old = overTime(series, 0, half)
  const made = { ...emptySeries(), facts: series.facts }
  copy(series, made, choosePoints(old, Math.ceil(half / joined)).map(old.rows))
  for (let place = half; place < order.length; place += 1) copy(series, made, [order.at(place)])
  return made
}

/** The curves of a run: what has the same name and attributes is one, whichever attempt it is of. */
export const createSeriesTable = (): SeriesTable => {
  const all: Series[] = []
  /** By logbook, from the id in it, as a key of `v` is: text. */
  const known = new Map<string, Map<string, Series>>()
  const byKey = new Map<string, Series>()
  let total = 0
  let step: number | undefined

  const idsOf = (book: string) => {
    const ids = known.get(book) ?? new Map<string, Series>()
    if (ids.size === 0) known.set(book, ids)
    return ids
  }
  const find = (ids: Map<string, Series>, id: string) => {
    const found = ids.get(id)
    if (found !== undefined || all.length >= mostSeries) return found
    const made = emptySeries()
    all.push(made)
    ids.set(id, made)
    return made
  }
  /** False: there is nothing to join any more. */
  const thinLongest = (): boolean => {
    const longest = all.reduce((a, b) => (b.times.length() > a.times.length() ? b : a))
    const before = longest.times.length()
    const { times, values, steps, order } = thinned(longest)
    Object.assign(longest, { times, values, steps, order })
    total -= before - longest.times.length()
    return longest.times.length() < before
  }
  const withFacts = () =>
    all.flatMap((series, id) => (series.facts ? [{ id, series, facts: series.facts }] : []))

  return {
    declare: (book, { id, name, unit, kind, attributes }) => {
      const facts = { name, unit, kind, attributes }
      const ids = idsOf(book)
      const key = seriesKey(facts)
      const same = byKey.get(key)
      // each attempt has ids of its own for the same curves
      if (same !== undefined && !ids.has(String(id))) ids.set(String(id), same)
      const series = find(ids, String(id))
      if (series === undefined || series.facts !== undefined) return
      if (same === undefined) {
        series.facts = facts
        byKey.set(key, series)
        return
      }
      // what came before its name joins what has that name; the empty one keeps its place, as ids are places
      ids.set(String(id), same)
      copy(
        series,
        same,
        Array.from({ length: series.times.length() }, (_, row) => row),
      )
      Object.assign(series, emptySeries())
    },
    add: (book, { t, step: told, v }) => {
      if (told !== undefined) step = told
      const ids = idsOf(book)
      for (const id in v) {
        const series = find(ids, id)
        const value = v[id]
        if (series === undefined || value === undefined) continue
        if (typeof value === 'number') {
          push(series, { t, step: told ?? Number.NaN, value })
          total += 1
          continue
        }
        for (const one of valuesOf(value, series.facts?.kind === 'counter')) {
          push(series, { t, step: told ?? Number.NaN, value: one })
          total += 1
        }
      }
      // one line may tell a point of each curve
      while (total > mostPoints && thinLongest());
    },
    shown: () =>
      withFacts().map(({ id, series: { times, values, order }, facts }) => {
        const { length, at } = order.get()
        return {
          id,
          ...facts,
          group: groupOf(facts.name),
          points: length,
          last: values.get(at(times.length() - 1)),
        }
      }),
    curves: (query) =>
      query.series.flatMap((id) => {
        const series = all[id]
        return series?.facts ? [curveOver(series, id, query)] : []
      }),
    points: (id, columns) => {
      const series = all[id]
      if (series === undefined) return []
      const { times, values, steps } = series
      const drawn = overTime(series, 0, times.length())
      return choosePoints(drawn, columns).map((place) => {
        const row = drawn.rows(place)
        const step = steps?.get(row)
        return { t: times.get(row), step: Number.isNaN(step) ? undefined : step, value: values.get(row) }
      })
    },
    newestOf: (name) => {
      const found = all.find(({ facts, times }) => facts?.name === name && times.length() > 0)
      if (found === undefined) return undefined
      const row = found.order.get().at(found.times.length() - 1)
      return { t: found.times.get(row), value: found.values.get(row) }
    },
    newestStep: () => step,
  }
}
