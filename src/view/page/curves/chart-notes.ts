import { countNotFinite, countNotPositive } from './extent.ts'
import type { Line } from './line.ts'

interface Shown {
  readonly over: 'time' | 'step'
  readonly isLog: boolean
  /** Whether a part of time, or of steps, is selected. */
  readonly isNarrowed: boolean
  /** Whether points may still come. */
  readonly isLive: boolean
}

/** What the eye would miss, or why there is nothing to see. */
export const notesOf = (
  /** All lines of the chart, the hidden ones, too. */
  all: readonly Pick<Line, 'x'>[],
  lines: readonly Line[],
  { over, isLog, isNarrowed, isLive }: Shown,
): string => {
  if (all.every(({ x }) => x.length === 0)) {
    if (isNarrowed) return `No points in what is selected${over === 'step' ? ' that have a step' : ''}.`
    if (over === 'step') return `This metric has no steps${isLive ? ' yet' : ''}: choose time.`
    return isLive ? 'No points yet.' : 'No points.'
  }
  const strange = countNotFinite(lines)
  const low = isLog ? countNotPositive(lines) : 0
  return [
    ...(strange > 0 ? [`NaN or infinite: ${strange} of the points shown.`] : []),
    ...(low > 0 ? [`Not on a logarithmic scale: ${low} of the points shown are 0 or less.`] : []),
  ].join(' ')
}
