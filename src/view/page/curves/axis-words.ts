import { clockTime, countInWords, dayAndMonth, durationInWords } from '../words.ts'

/** What charts lie over: local time, the training's step, time since a run's begin. */
export type XKind = 'time' | 'step' | 'elapsed'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const powers = (least: number, most: number): readonly number[] =>
  Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index)).flatMap((power) => [
    power,
    2 * power,
    5 * power,
  ])

/** Distances between the ticks of an axis that people can count by; undefined: the chart library knows (calendar time). */
export const incrementsOf = (kind: XKind): readonly number[] | undefined => {
  if (kind === 'time') return undefined
  if (kind === 'step') return powers(0, 12)
  return [
    ...powers(0, 2),
    ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
    ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
    ...[1, 2, 3, 6, 12].map((count) => count * hour),
    ...powers(0, 3).map((count) => count * day),
  ]
}

/** How far apart ticks must be, in CSS pixels, so that their words have room; `span`: how much so many pixels show. */
export const tickSpace = (kind: XKind, span: number, widthPx: number): number =>
  // `14:03:22.120` is longer than all others
  kind === 'time' && (span / Math.max(1, widthPx)) * usualSpacePx < second ? 104 : usualSpacePx
const usualSpacePx = 76

/** Ticks of local time: as precise as they are near, the day beneath the first one and where a day begins. */
const timeTicks = (ticks: readonly number[], distance: number): readonly string[] =>
  ticks.map((tick, index) => {
    const before = ticks[index - 1]
    const date = dayAndMonth(tick)
    if (distance >= day) return date
    const precision = distance < second ? 'milliseconds' : distance < minute ? 'seconds' : 'minutes'
    const clock = clockTime(tick, precision)
    return before === undefined || dayAndMonth(before) !== date ? `${clock}\n${date}` : clock
  })

export const ticksInWords = (kind: XKind, ticks: readonly number[], distance: number): readonly string[] => {
  if (kind === 'time') return timeTicks(ticks, distance)
  return ticks.map((tick) => xInWords(kind, tick, distance))
}

/** A place on the axis; `span`: how much the axis shows, which tells how precise to be. */
export const xInWords = (kind: XKind, x: number, span: number): string => {
  if (kind === 'time') return clockTime(x, span < minute ? 'milliseconds' : 'seconds')
  if (kind === 'step') return countInWords(Math.round(x))
  return x === 0 ? '0 s' : `${x < 0 ? '-' : ''}${durationInWords(x)}`
}
