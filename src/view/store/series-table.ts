import type { LoggedNumber, PointsEntry, SeriesEntry } from '../../logbook/entry.ts'
import type { Curve, CurvesQuery, ShownSeries } from '../api.ts'
import { type Column, float64Column } from './column.ts'
import { choosePoints } from './downsample.ts'
import { groupOf } from './groups.ts'
import { countUp, firstAbove, firstAtLeast, type KeptOrder, keepOrder, sortRows } from './order.ts'

/** What is known of a curve but its points. */
export type SeriesFacts = Pick<SeriesEntry, 'name' | 'unit' | 'kind' | 'attributes'>

interface Series {
  /** Undefined: it has points, and nobody has told yet of what. */
  facts: SeriesFacts | undefined
  times: Column
  values: Column
  /** Of as many points as it is long; the others have none. */
  steps: Column | undefined
  order: KeptOrder
}

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
  /** The newest step that any point told. */
  readonly newestStep: () => number | undefined
  readonly clear: () => void
}

/** More than a logbook declares; what comes beyond is left out. */
const mostSeries = 2_000
/** 24 bytes each: beyond, old points get coarser. */
const mostPoints = 1_600_000
/** Old points are joined by so many. */
const joined = 16

const numberOf = (value: LoggedNumber) => Number(value)

/** What is the same of two curves that are one. */
export const seriesKey = ({ name, attributes }: Pick<SeriesFacts, 'name' | 'attributes'>): string =>
  JSON.stringify([name, Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))])

const emptySeries = (): Series => {
  const times = float64Column()
  return { facts: undefined, times, values: float64Column(), steps: undefined, order: keepOrder(times) }
}

const push = (series: Series, { t, step, value }: { t: number; step: number; value: number }) => {
  const { times, values } = series
  if (!Number.isNaN(step) && series.steps === undefined) series.steps = float64Column()
  const { steps } = series
  if (steps !== undefined) {
    while (steps.length() < times.length()) steps.push(Number.NaN)
    steps.push(step)
  }
  times.push(t)
  values.push(value)
}

const copy = (from: Series, to: Series, rows: Iterable<number>) => {
  for (const row of rows) {
    push(to, {
      t: from.times.get(row),
      step: from.steps?.get(row) ?? Number.NaN,
      value: from.values.get(row),
    })
  }
}

/** A value, or the values of a span of time in an order in which their line shows all: what was last comes last. */
const valuesOf = (value: PointsEntry['v'][string], isCounter: boolean): readonly number[] => {
  if (typeof value !== 'object') return [numberOf(value)]
  const [least, greatest, last] = value.map(numberOf) as [number, number, number]
  if (isCounter || (Object.is(least, last) && Object.is(greatest, last))) return [last]
  if (Object.is(least, last)) return [greatest, last]
  return Object.is(greatest, last) ? [least, last] : [least, greatest, last]
}

/** Rows of a stretch in the order of an axis, with what is drawn of them. */
interface Drawn {
  readonly rows: (place: number) => number
  readonly x: Float64Array
  readonly y: Float64Array
}

const isAscending = (numbers: Float64Array) => {
  for (let place = 1; place < numbers.length; place += 1) {
    if ((numbers[place] ?? 0) < (numbers[place - 1] ?? 0)) return false
  }
  return true
}

/** Memory for one answer, used again by the next: an answer is made in one go. */
const scratch: Float64Array[] = []
/** What is longer is let go again: 2 MiB. */
const longestScratch = 2 ** 18

const borrow = (slot: number, length: number): Float64Array => {
  if (length > longestScratch) return new Float64Array(length)
  const known = scratch[slot]
  if (known !== undefined && known.length >= length) return known.subarray(0, length)
  const made = new Float64Array(2 ** Math.ceil(Math.log2(length + 1)))
  scratch[slot] = made
  return made.subarray(0, length)
}

const overTime = ({ times, values, order: kept }: Series, from: number, to: number): Drawn => {
  const order = kept.get()
  const x = borrow(0, to - from)
  const y = borrow(1, to - from)
  if (order.rows === undefined) {
    times.copyTo(x, from)
    values.copyTo(y, from)
  }
  for (let place = from; order.rows !== undefined && place < to; place += 1) {
    const row = order.at(place)
    x[place - from] = times.get(row)
    y[place - from] = values.get(row)
  }
  return { rows: (place) => order.at(from + place), x, y }
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

const pick = (slot: number, numbers: Float64Array, places: Uint32Array): Float64Array => {
  const chosen = borrow(slot, places.length)
  for (let place = 0; place < places.length; place += 1)
    chosen[place] = numbers[places[place] ?? 0] ?? Number.NaN
  return chosen
}

const overSteps = (series: Series, first: number, to: number): Drawn => {
  // of a curve without steps nothing is drawn
  const from = series.steps === undefined ? to : first
  const { rows, y } = overTime(series, from, to)
  const steps = borrow(2, to - from)
  if (series.order.get().rows === undefined) series.steps?.copyTo(steps, from)
  else
    for (let place = 0; place < steps.length; place += 1)
      steps[place] = series.steps?.get(rows(place)) ?? Number.NaN
  const told = countUp(steps.length)
  let count = 0
  for (let place = 0; place < steps.length; place += 1) {
    if (Number.isNaN(steps[place])) continue
    told[count] = place
    count += 1
  }
  const inTime = told.subarray(0, count)
  const some = pick(3, steps, inTime)
  // attempts begin again where the last checkpoint was
  const places = isAscending(some) ? inTime : sortRows(inTime, (place) => steps[place] ?? 0)
  return {
    rows: (place) => rows(places[place] ?? 0),
    x: places === inTime ? some : pick(4, steps, places),
    y: pick(5, y, places),
  }
}

const curveOver = (series: Series, id: number, { fromMs, toMs, width, over }: CurvesQuery): Curve => {
  const { times } = series
  const order = series.order.get()
  const inside = fromMs === undefined ? 0 : firstAtLeast(order, times.get, fromMs)
  const beyond = toMs === undefined ? order.length : firstAbove(order, times.get, toMs)
  // one neighbour on either side, so that the line leaves the picture where it should
  const from = Math.max(0, inside - 1)
  const to = Math.min(order.length, Math.max(inside, beyond) + 1)
  const columns = Math.max(1, Math.min(4_000, Math.round(width)))
  const drawn = over === 'step' ? overSteps(series, from, to) : overTime(series, from, to)
  const places = choosePoints(drawn, columns)
  const finite = (place: number) => {
    const value = drawn.y[place] ?? Number.NaN
    return Number.isFinite(value) ? value : null
  }
  const curve = { id, x: places.map((place) => drawn.x[place] ?? 0), y: places.map(finite) }
  if (over !== 'step') return curve
  return { ...curve, t: places.map((place) => times.get(drawn.rows(place))) }
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
  const thinLongest = () => {
    const longest = all.reduce((a, b) => (b.times.length() > a.times.length() ? b : a))
    const before = longest.times.length()
    const { times, values, steps, order } = thinned(longest)
    Object.assign(longest, { times, values, steps, order })
    total -= before - longest.times.length()
  }
  const withFacts = () =>
    all.flatMap((series, id) => (series.facts ? [{ id, series, facts: series.facts }] : []))

  return {
    declare: (book, { id, name, unit, kind, attributes }) => {
      const facts = { name, unit, kind, attributes }
      const ids = idsOf(book)
      const series = find(ids, String(id))
      if (series === undefined || series.facts !== undefined) return
      const key = seriesKey(facts)
      const same = byKey.get(key)
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
      if (total > mostPoints) thinLongest()
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
    newestStep: () => step,
    clear: () => {
      all.length = 0
      known.clear()
      byKey.clear()
      total = 0
      step = undefined
    },
  }
}
