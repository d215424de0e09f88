import type { Range } from '../../api.ts'

/** A span of time laid over so many pixels. */
export interface Scale extends Range {
  readonly width: number
}

/** Pixels from the left edge, which may lie outside. */
export const xOf = ({ fromMs, toMs, width }: Scale, timeMs: number): number =>
  toMs > fromMs ? ((timeMs - fromMs) / (toMs - fromMs)) * width : 0

/** The time at a pixel, within the scale. */
export const timeAt = ({ fromMs, toMs, width }: Scale, x: number): number =>
  width > 0 ? fromMs + (Math.min(Math.max(x, 0), width) / width) * (toMs - fromMs) : fromMs

/** `fromMs` to `toMs` moved by so much, but within `all`; its length stays where it fits. */
export const moveWithin = ({ fromMs, toMs }: Range, byMs: number, all: Range): Range => {
  const lengthMs = Math.min(toMs - fromMs, all.toMs - all.fromMs)
  const from = Math.min(Math.max(fromMs + byMs, all.fromMs), all.toMs - lengthMs)
  return { fromMs: from, toMs: from + lengthMs }
}

/** A range that holds a moment: the same one if it does already, else moved so that the moment is in its middle. */
export const holding = (range: Range, timeMs: number, all: Range): Range =>
  timeMs >= range.fromMs && timeMs <= range.toMs
    ? range
    : moveWithin(range, timeMs - (range.fromMs + range.toMs) / 2, all)

/** The left and right edge of a bar, cut at the edges of the scale; undefined where nothing of it is to be seen. */
export const barOf = (
  scale: Scale,
  { fromMs, toMs }: Range,
  leastWidth = 1,
): { readonly x: number; readonly width: number } | undefined => {
  if (toMs < scale.fromMs || fromMs > scale.toMs) return undefined
  const x = Math.max(0, xOf(scale, fromMs))
  const end = Math.min(scale.width, xOf(scale, toMs))
  const width = Math.max(leastWidth, end - x)
  return { x: Math.max(0, Math.min(x, scale.width - width)), width }
}
