import { batch, type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { cursorMs, momentMs, type RunView, select, selection, shownRange, zoom } from '../looking.ts'
import { useInView, useIsDrawn, useWidth } from '../use-element.ts'
import { xInWords } from './axis-words.ts'
import { notesOf } from './chart-notes.ts'
import type { Chart } from './charts-of.ts'
import { isLogarithmic, over, showsTotals, smoothing } from './choices.ts'
import { type Extent, extentOfX } from './extent.ts'
import { Legend, Value } from './legend.tsx'
import type { Line } from './line.ts'
import { linesOf } from './lines-of.ts'
import { nearestIndex } from './nearest.ts'
import { Plot, type PlotActions } from './plot.tsx'
import { PointsTable } from './points-table.tsx'
import { summaryOf } from './summary.ts'
import { measureOf } from './units.ts'
import { useCurves } from './use-curves.ts'

/** Lines that are shown without being asked for. */
const fewLines = 8
/** More lines than this nobody can tell apart, and drawing them takes long. */
const mostLines = 64

/** A step's time, as the line with the most points tells it; undefined where the data do not say it. */
const timeOfStep = (lines: readonly Line[], step: number): number | undefined => {
  const line = longestOf(lines)
  return line?.t?.[nearestIndex(line.x, step)]
}

const stepOfTime = (lines: readonly Line[], timeMs: number): number | undefined => {
  const { x = [], t } = longestOf(lines) ?? {}
  if (!t) return undefined
  let best: number | undefined
  let distance = Number.POSITIVE_INFINITY
  t.forEach((at, index) => {
    if (Math.abs(at - timeMs) >= distance) return
    distance = Math.abs(at - timeMs)
    best = x[index]
  })
  return best
}

const longestOf = (lines: readonly Line[]): Line | undefined =>
  lines.toSorted((one, other) => other.x.length - one.x.length)[0]

/** The times of all points between two steps: done again after a restart they span both. */
const timesOfSteps = (lines: readonly Line[], { min, max }: Extent): Extent | undefined => {
  const times = lines.flatMap(({ x, t }) => (t ?? []).filter((_, index) => isWithin(x[index], min, max)))
  return times.length === 0 ? undefined : { min: Math.min(...times), max: Math.max(...times) }
}
const isWithin = (x: number | undefined, min: number, max: number): boolean =>
  x !== undefined && x >= min && x <= max

const actionsOverTime = (run: RunView): PlotActions => ({
  onCursor: (x) => {
    cursorMs.value = x
  },
  onSelect: ({ min, max }) => select({ fromMs: min, toMs: max }),
  onZoom: (factor, aroundX) => zoom(run, factor, aroundX),
  onAll: () => {
    selection.value = undefined
  },
  onPin: (x) => {
    batch(() => {
      cursorMs.value = x
      momentMs.value = x
    })
  },
})

/** Steps have times, and by these they reach all other parts. */
const actionsOverSteps = (run: RunView, lines: ReadonlySignal<readonly Line[]>): PlotActions => {
  const overTime = actionsOverTime(run)
  const withTime = (step: number, act: (timeMs: number) => void) => {
    const timeMs = timeOfStep(lines.peek(), step)
    if (timeMs !== undefined) act(timeMs)
  }
  return {
    onCursor: (x) => (x === undefined ? overTime.onCursor(undefined) : withTime(x, overTime.onCursor)),
    onSelect: (range) => {
      const times = timesOfSteps(lines.peek(), range)
      if (times) overTime.onSelect(times)
    },
    onZoom: (factor, aroundX) => withTime(aroundX, (timeMs) => overTime.onZoom(factor, timeMs)),
    onAll: overTime.onAll,
    onPin: (x) => withTime(x, overTime.onPin),
  }
}

/** One metric of a run. */
export const ChartCard = ({ run, chart }: { readonly run: RunView; readonly chart: Chart }) => {
  const card = useRef<HTMLElement>(null)
  const width = useWidth(card)
  const isInView = useInView(card)
  // what is out of view would only delay what is not, where all is asked anew again and again
  const mayReadAhead = useComputed(() => !run.overview.value.isLive && selection.value === undefined)
  const isDrawn = useIsDrawn(isInView, mayReadAhead)
  const showsAllLines = useSignal(false)
  const hidden = useSignal<ReadonlySet<string>>(new Set())

  const chartNow = useSignal(chart)
  useEffect(() => {
    chartNow.value = chart
  }, [chart, chartNow])

  const isTraining = chart.group === 'training'
  const xKindNow = useComputed(() => (isTraining ? over.value : 'time'))
  const isLogNow = useComputed(() => isTraining && isLogarithmic.value)
  const isRateNow = useComputed(() => chartNow.value.kind === 'counter' && !showsTotals.value)
  const xKind = xKindNow.value
  const isLog = isLogNow.value
  const measure = useComputed(() => {
    const { name, unit } = chartNow.value
    const per = xKindNow.value === 'step' ? 'step' : 's'
    return measureOf({ name, unit, ...(isRateNow.value && { per }) })
  })
  const entries = chart.lines
    .slice(0, showsAllLines.value ? mostLines : fewLines)
    .map(({ id, label }, style) => ({ key: String(id), label, style }))
  const alone = entries.length === 1 && entries[0]?.label === '' ? entries[0] : undefined

  const ids = useComputed(() =>
    chartNow.value.lines.slice(0, showsAllLines.value ? mostLines : fewLines).map(({ id }) => id),
  )
  const { answer: answered, fault } = useCurves(run, { ids, width, isDrawn, over: xKindNow })

  const all = useComputed((): readonly Line[] => {
    const { curves = [], range, over: answeredOver } = answered.value ?? {}
    if (range === undefined || answeredOver !== xKindNow.value) return []
    const overTime = xKindNow.value === 'time'
    const span = overTime ? range.toMs - range.fromMs : (curves[0]?.x.at(-1) ?? 0) - (curves[0]?.x[0] ?? 0)
    return linesOf(chartNow.value, curves, {
      ratePer: isRateNow.value ? (overTime ? 1_000 : 1) : undefined,
      smoothing: isTraining ? smoothing.value : 0,
      perPixel: span / Math.max(1, width.peek()),
    })
  })
  const lines = useComputed(() => all.value.filter(({ key }) => !hidden.value.has(key)))

  const shown = useComputed((): Extent => {
    if (xKindNow.value === 'step') {
      const extent = extentOfX(all.value) ?? { min: 0, max: 1 }
      return extent.max > extent.min ? extent : { min: extent.min - 1, max: extent.max + 1 }
    }
    // a selection shows at once, with the points that are here; the end of a live run moves with its points
    const { fromMs, toMs } = selection.value ?? answered.value?.range ?? shownRange(run)
    return { min: fromMs, max: Math.max(toMs, fromMs + 1) }
  })
  const cursor = useComputed(() => {
    const at = cursorMs.value
    if (at === undefined || !isInView.value) return undefined
    return xKindNow.value === 'step' ? stepOfTime(lines.value, at) : at
  })
  const moment = useComputed(() => {
    const at = momentMs.value
    return at !== undefined && xKindNow.value === 'step' ? stepOfTime(lines.value, at) : at
  })
  const actions = useMemo(
    () => (xKind === 'step' ? actionsOverSteps(run, lines) : actionsOverTime(run)),
    [run, xKind, lines],
  )

  const label = useComputed(() => summaryOf(chart.title, lines.value, measure.value))
  const cursorText = useComputed(() => {
    const at = cursor.value
    if (at === undefined) return ''
    const text = xInWords(xKindNow.value, at, shown.value.max - shown.value.min)
    return xKindNow.value === 'step' ? `step ${text}` : text
  })
  const note = useComputed(() => {
    if (fault.value !== undefined) return `These points could not be read: ${fault.value}`
    if (answered.value === undefined) return 'Reading…'
    return notesOf(all.value, lines.value, {
      over: xKindNow.value,
      isLog: isLogNow.value,
      isNarrowed: selection.value !== undefined,
      isLive: run.overview.value.isLive,
    })
  })

  return (
    <article class="curves-card" ref={card} aria-label={chart.title}>
      <header>
        <h4>
          {chart.title} {measure.value.unit && <span class="curves-unit">{measure.value.unit}</span>}
        </h4>
        <span class="curves-at">
          {cursorText}
          {alone && <Value entry={alone} {...{ lines, cursor, measure, shown }} />}
        </span>
        {chart.name !== chart.title && <code class="curves-name">{chart.name}</code>}
      </header>
      <Plot
        key={`${xKind} ${isLog}`}
        {...{ lines, shown, cursor, moment, label, xKind, isLog, measure, width, isDrawn }}
        {...actions}
      />
      <p class="curves-note">{note}</p>
      {!alone && <Legend {...{ entries, lines, cursor, measure, hidden, shown }} />}
      {chart.lines.length > fewLines && (
        <p class="curves-more">
          <button
            type="button"
            onClick={() => {
              showsAllLines.value = !showsAllLines.value
            }}
          >
            {showsAllLines.value ? `show ${fewLines} lines` : `show all ${chart.lines.length} lines`}
          </button>
          {showsAllLines.value &&
            chart.lines.length > mostLines &&
            ` (the first ${mostLines} of ${chart.lines.length})`}
        </p>
      )}
      <PointsTable title={chart.title} {...{ lines, shown, xKind, measure }} />
    </article>
  )
}
