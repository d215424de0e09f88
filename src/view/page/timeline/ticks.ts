import type { Range } from '../../api.ts'
import { clockTime, dayAndMonth } from '../words.ts'
import { type Scale, xOf } from './scale.ts'

export interface Tick {
  readonly t: number
  readonly label: string
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Steps that a reader counts in: of a second, a minute, an hour, a day. */
const steps: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * day),
]

/** The smallest step with which at most so many ticks stand in a span of time. */
export const stepFor = ({ fromMs, toMs }: Range, most: number): number =>
  steps.find((step) => (toMs - fromMs) / step <= Math.max(1, most)) ??
  Math.ceil((toMs - fromMs) / most / day) * day

/**
 * Local time number `index` at a step, from the midnight before a time. Hours and days are counted on the calendar, so
 * that they stay at full hours over a change to summer time.
 */
const localTime = (midnight: Date, step: number, index: number): number => {
  const [year, month, date] = [midnight.getFullYear(), midnight.getMonth(), midnight.getDate()]
  if (step >= day) return new Date(year, month, date + index * (step / day)).getTime()
  if (step >= hour) return new Date(year, month, date, index * (step / hour)).getTime()
  return midnight.getTime() + index * step
}

const localLabel = (t: number, step: number): string => {
  const date = new Date(t)
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && t % minute === 0
  if (step >= day || (step >= minute && isMidnight)) return dayAndMonth(t)
  if (step >= minute) return clockTime(t, 'minutes')
  return clockTime(t, step >= second ? 'seconds' : 'milliseconds')
}

const midnightBefore = (timeMs: number): Date => {
  const date = new Date(timeMs)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate())
}

/** Ticks at round local times, at most `most` and one. */
export const localTicks = (range: Range, most: number): readonly Tick[] => {
  if (!(range.toMs > range.fromMs)) return []
  const step = stepFor(range, most)
  const midnight = midnightBefore(range.fromMs)
  const ticks: Tick[] = []
  for (
    let index = Math.max(0, Math.floor((range.fromMs - midnight.getTime()) / step) - 1);
    ticks.length <= most + 1;
    index += 1
  ) {
    const t = localTime(midnight, step, index)
    if (t > range.toMs) break
    if (t >= range.fromMs && t !== ticks.at(-1)?.t) ticks.push({ t, label: localLabel(t, step) })
  }
  return ticks
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `0`, `0:30`, `12:05`, `1 h 30 min`, `2 d`, `0:00.250`: time since the start, as short as a tick wants it. */
const elapsedLabel = (elapsedMs: number, step: number): string => {
  const sign = elapsedMs < 0 ? '−' : ''
  const ms = Math.abs(elapsedMs)
  if (ms === 0) return '0'
  if (step >= day) return `${sign}${Math.round(ms / day)} d`
  const hours = Math.floor(ms / hour)
  const minutes = Math.floor((ms % hour) / minute)
  if (step >= minute)
    return (
      sign + [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter(Boolean).join(' ')
    )
  const seconds = Math.floor((ms % minute) / second)
  const head = hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`
  const fraction = step < second ? `.${String(Math.round(ms % second)).padStart(3, '0')}` : ''
  return `${sign}${head}:${two(seconds)}${fraction}`
}

/** Ticks at round times since the start. */
export const elapsedTicks = (range: Range, originMs: number, most: number): readonly Tick[] => {
  if (!(range.toMs > range.fromMs)) return []
  const step = stepFor(range, most)
  const ticks: Tick[] = []
  for (
    let elapsed = Math.ceil((range.fromMs - originMs) / step) * step;
    originMs + elapsed <= range.toMs && ticks.length <= most + 1;
    elapsed += step
  ) {
    ticks.push({ t: originMs + elapsed, label: elapsedLabel(elapsed, step) })
  }
  return ticks
}

export interface PlacedTick extends Tick {
  readonly x: number
  /** Where the middle of the label is: all of it is within the width. */
  readonly middle: number
}

/** About so wide is a letter of a label. */
const letterWidth = 6.8
const leastGap = 6

/** Where ticks and their labels stand; a label that would touch the one before is left out. */
export const placeLabels = (ticks: readonly Tick[], scale: Scale): readonly PlacedTick[] => {
  let freeFrom = Number.NEGATIVE_INFINITY
  return ticks.map(({ t, label }) => {
    const x = xOf(scale, t)
    const half = (label.length * letterWidth) / 2
    const middle = Math.max(half, Math.min(x, scale.width - half))
    if (middle - half < freeFrom) return { t, x, middle, label: '' }
    freeFrom = middle + half + leastGap
    return { t, x, middle, label }
  })
}
