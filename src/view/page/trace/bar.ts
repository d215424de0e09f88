import type { Range } from '../../api.ts'

/** Where a time lies in a span of time, in per cent of it; below 0 and above 100 outside of it. */
export const percentOf = ({ fromMs, toMs }: Range, timeMs: number): number =>
  ((timeMs - fromMs) / Math.max(toMs - fromMs, Number.MIN_VALUE)) * 100

const inside = (percent: number): number => Math.min(100, Math.max(0, percent))

/** The part of a span that is shown: its left edge and width in per cent, and on which sides it goes on. */
export const barOf = (
  shown: Range,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
) => {
  const start = percentOf(shown, startMs)
  const end = percentOf(shown, endMs)
  const left = inside(start)
  return { left, width: inside(end) - left, beginsBefore: start < 0, endsAfter: end > 100 }
}
