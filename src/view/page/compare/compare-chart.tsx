import { type ReadonlySignal, type Signal, useComputed } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import type { CurvesQuery } from '../../api.ts'
import { xInWords } from '../curves/axis-words.ts'
import { notesOf } from '../curves/chart-notes.ts'
import { type Extent, extentOfX } from '../curves/extent.ts'
import { Legend } from '../curves/legend.tsx'
import { Plot, type PlotActions } from '../curves/plot.tsx'
import { PointsTable } from '../curves/points-table.tsx'
import { summaryOf } from '../curves/summary.ts'
import { measureOf } from '../curves/units.ts'
import { useAsked } from '../curves/use-asked.ts'
import { queryWidth } from '../curves/use-curves.ts'
import type { RunView } from '../looking.ts'
import { useInView, useIsDrawn, useWidth } from '../use-element.ts'
import { beginOf, type ComparedChart, type ComparedCurve, comparedLine, timesOfSteps } from './compared.ts'

/** What all charts of a comparison share; times are since the begin of each run. */
export interface Looking {
  readonly over: Signal<'time' | 'step'>
  /** What is shown of time and of steps; undefined: all. */
  readonly selected: Readonly<Record<'time' | 'step', Signal<Extent | undefined>>>
  readonly cursors: Readonly<Record<'time' | 'step', Signal<number | undefined>>>
  readonly isLog: Signal<boolean>
  readonly smoothing: Signal<number>
  /** Keys of runs that are switched off. */
  readonly hidden: Signal<ReadonlySet<string>>
}

interface Question {
  readonly chart: ComparedChart
  readonly width: number
  readonly over: 'time' | 'step'
  readonly range: Extent | undefined
}

/** What of a run's time is to be asked for. */
const timesToAsk = async (
  run: RunView,
  id: number,
  { over, range, width }: Question,
): Promise<Pick<CurvesQuery, 'fromMs' | 'toMs'>> => {
  if (range === undefined) return {}
  const beginMs = beginOf(run.overview.peek())
  if (over === 'time') return { fromMs: beginMs + range.min, toMs: beginMs + range.max }
  const [whole] = await run.data.curves({ series: [id], width, over })
  return (whole && timesOfSteps(whole, range)) ?? {}
}

const askAll = async (runs: readonly RunView[], question: Question): Promise<readonly ComparedCurve[]> => {
  const asked = question.chart.members.map(async ({ run, id }) => {
    const view = runs[run]
    if (!view) return []
    const { width, over } = question
    const times = await timesToAsk(view, id, question)
    const [curve] = await view.data.curves({ series: [id], width, over, ...times })
    const { label } = view.overview.peek()
    return curve ? [{ run, label, beginMs: beginOf(view.overview.peek()), curve }] : []
  })
  return (await Promise.all(asked)).flat()
}

const actionsOf = (
  { selected, cursors }: Looking,
  kind: 'time' | 'step',
  shown: ReadonlySignal<Extent>,
): PlotActions => ({
  onCursor: (x) => {
    cursors[kind].value = x
  },
  onSelect: (range) => {
    selected[kind].value = range
  },
  onZoom: (factor, around) => {
    const { min, max } = shown.peek()
    selected[kind].value = {
      min: Math.max(0, around - (around - min) * factor),
      max: around + (max - around) * factor,
    }
  },
  onAll: () => {
    selected[kind].value = undefined
  },
  // moments belong to one run
  onPin: () => {},
})

/** One metric of several runs, one over the other. */
export const CompareChart = ({
  runs,
  chart,
  looking,
}: {
  readonly runs: readonly RunView[]
  readonly chart: ComparedChart
  readonly looking: Looking
}) => {
  const card = useRef<HTMLElement>(null)
  const width = useWidth(card)
  const isInView = useInView(card)
  const isTraining = chart.group === 'training'
  const kindNow = useComputed(() => (isTraining ? looking.over.value : 'time'))
  const isLogNow = useComputed(() => isTraining && looking.isLog.value)
  const kind = kindNow.value
  const mayReadAhead = useComputed(
    () =>
      runs.every(({ overview }) => !overview.value.isLive) &&
      looking.selected[kindNow.value].value === undefined,
  )
  const isDrawn = useIsDrawn(isInView, mayReadAhead)

  const question = useComputed((): Question | undefined =>
    isDrawn.value && width.value > 0
      ? {
          chart,
          width: queryWidth(width.value, chart.members.length),
          over: kindNow.value,
          range: looking.selected[kindNow.value].value,
        }
      : undefined,
  )
  const news = useComputed(() =>
    chart.members.reduce((sum, { run, id }) => {
      const series = runs[run]?.overview.value.series.find((one) => one.id === id)
      return sum + (series?.points ?? 0)
    }, 0),
  )
  const { answer, fault } = useAsked({
    question,
    news,
    isSeen: () => true,
    ask: async (asked: Question) => ({ over: asked.over, curves: await askAll(runs, asked) }),
  })

  const all = useComputed(() => {
    const { over, curves = [] } = answer.value ?? {}
    if (over === undefined || over !== kindNow.value) return []
    return curves.map((curve) =>
      comparedLine(curve, {
        over,
        isRate: chart.kind === 'counter',
        smoothing: isTraining ? looking.smoothing.value : 0,
        pixels: width.peek(),
      }),
    )
  })
  const lines = useComputed(() => all.value.filter(({ key }) => !looking.hidden.value.has(key)))
  const shown = useComputed((): Extent => {
    const chosen = looking.selected[kindNow.value].value
    if (chosen) return chosen
    const longest = kindNow.value === 'time' ? longestOf(runs) : undefined
    const { min, max } = extentOfX(all.value) ?? { min: 0, max: 1 }
    return longest === undefined
      ? { min, max: Math.max(max, min + 1) }
      : { min: Math.min(0, min), max: longest }
  })
  const cursor = useComputed(() => (isInView.value ? looking.cursors[kindNow.value].value : undefined))
  const measure = useComputed(() => {
    const per = kindNow.value === 'step' ? 'step' : 's'
    return measureOf({ name: chart.name, unit: chart.unit, ...(chart.kind === 'counter' && { per }) })
  })
  const label = useComputed(() => summaryOf(chart.title, lines.value, measure.value))
  const xKind = kind === 'time' ? 'elapsed' : 'step'
  const cursorText = useComputed(() => {
    const at = cursor.value
    if (at === undefined) return ''
    if (kindNow.value === 'step') return `step ${xInWords('step', at, 1)}`
    return `after ${xInWords('elapsed', at, 1)}`
  })
  const note = useComputed(() => {
    if (fault.value !== undefined) return `These points could not be read: ${fault.value}`
    if (answer.value === undefined) return 'Reading…'
    return notesOf(all.value, lines.value, {
      over: kindNow.value,
      isLog: isLogNow.value,
      isNarrowed: looking.selected[kindNow.value].value !== undefined,
      isLive: runs.some(({ overview }) => overview.value.isLive),
    })
  })
  const actions = useMemo(() => actionsOf(looking, kind, shown), [looking, kind, shown])
  const entries = chart.members.map(({ run }) => ({
    key: String(run),
    label: runs[run]?.overview.peek().label ?? '',
    style: run,
  }))

  return (
    <article class="curves-card" ref={card} aria-label={chart.title}>
      <header>
        <h4>
          {chart.title} {measure.value.unit && <span class="curves-unit">{measure.value.unit}</span>}
        </h4>
        <span class="curves-at">{cursorText}</span>
        {chart.name !== chart.title && <code class="curves-name">{chart.name}</code>}
      </header>
      <Plot
        key={`${kind} ${isLogNow.value}`}
        {...{ lines, shown, cursor, label, xKind, measure, width, isDrawn }}
        isLog={isLogNow.value}
        {...actions}
      />
      <p class="curves-note">{note}</p>
      <Legend {...{ entries, lines, cursor, measure, shown }} hidden={looking.hidden} />
      <PointsTable title={chart.title} {...{ lines, shown, xKind, measure }} />
    </article>
  )
}

/** How long the longest run took. */
const longestOf = (runs: readonly RunView[]): number =>
  Math.max(1, ...runs.map(({ overview }) => overview.value.range.toMs - beginOf(overview.value)))
