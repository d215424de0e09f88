import type { Curve, CurvesQuery } from '../api.ts'
import { choosePoints } from './downsample.ts'
import { countUp, firstAbove, firstAtLeast, sortRows } from './order.ts'
import type { Series } from './series.ts'

/** Rows of a stretch in the order of an axis, with what is drawn of them. */
export interface Drawn {
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

/** @param from - places in the order of time, from the first to before the second */
export const overTime = ({ times, values, order: kept }: Series, from: number, to: number): Drawn => {
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

/** What so many pixels show of a curve. */
export const curveOver = (series: Series, id: number, { fromMs, toMs, width, over }: CurvesQuery): Curve => {
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
