import { type ReadonlySignal, useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Curve, CurvesQuery, Range } from '../../api.ts'
import { type RunView, selection } from '../looking.ts'
import { type Asked, liveMs, useAsked } from './use-asked.ts'

export interface AnsweredCurves {
  readonly curves: readonly Curve[]
  /** The span of time that they were asked for; of all of a live run what was known then. */
  readonly range: Range
  readonly over: 'time' | 'step'
}

/** Whether new points could be seen, which come at the end. */
const reachesPresent = ({ overview }: RunView): boolean =>
  selection.value === undefined || selection.value.toMs >= overview.value.range.toMs - liveMs

/** As many pixels as are there to draw on, in steps so that a few more or less ask nothing anew. */
export const queryWidth = (cssPixels: number, lines: number): number => {
  const pixels = Math.ceil((cssPixels * Math.min(2, window.devicePixelRatio)) / 100) * 100
  // many lines share what can be drawn in an instant
  return Math.round(Math.min(4_000, Math.max(100, Math.min(pixels, 10_000 / Math.max(1, lines)))))
}

/** The points of curves for what is shown of a run's time: asked while they are drawn, and anew when that changes. */
export const useCurves = (
  run: RunView,
  {
    ids,
    width,
    isDrawn,
    over,
  }: {
    readonly ids: ReadonlySignal<readonly number[]>
    readonly width: ReadonlySignal<number>
    readonly isDrawn: ReadonlySignal<boolean>
    readonly over: ReadonlySignal<'time' | 'step'>
  },
): Asked<AnsweredCurves> => {
  const question = useComputed((): CurvesQuery | undefined =>
    isDrawn.value && width.value > 0 && ids.value.length > 0
      ? {
          series: ids.value,
          width: queryWidth(width.value, ids.value.length),
          over: over.value,
          ...selection.value,
        }
      : undefined,
  )
  const news = useComputed(() => {
    const wanted = new Set(ids.value)
    const { series, read } = run.overview.value
    const points = series.reduce((sum, { id, points }) => sum + (wanted.has(id) ? points : 0), 0)
    return `${points} ${read < 1}`
  })
  const reading = useMemo(() => ({ was: false }), [])
  return useAsked({
    question,
    news,
    isSeen: () => {
      // while files are still being read, and when that is done, points may be new anywhere
      const { was } = reading
      reading.was = run.overview.value.read < 1
      return was || reading.was || reachesPresent(run)
    },
    ask: async (query) => {
      const range = selection.peek() ?? run.overview.peek().range
      return { curves: await run.data.curves(query), range, over: query.over ?? 'time' }
    },
  })
}
