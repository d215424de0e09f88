import type { Curve, Overview, ShownSeries } from '../../api.ts'
import { type Chart, chartsOf } from '../curves/charts-of.ts'
import { inOrder, type Line } from '../curves/line.ts'
import { rates } from '../curves/rates.ts'
import { smooth } from '../curves/smooth.ts'

/** Where a run has the curve of a metric. */
export interface Member {
  readonly run: number
  readonly id: number
}

/** One curve of the same metric in several runs. */
export interface ComparedChart extends Omit<Chart, 'lines'> {
  readonly members: readonly Member[]
}

export interface Compared {
  /** In the order in which a single run has them. */
  readonly charts: readonly ComparedChart[]
  /** Names of metrics that only one of the runs has. */
  readonly lonely: readonly string[]
}

/**
 * Which curves of the runs belong together: those of the same name, unit and kind, and, where a run has several of these,
 * with the same label (`GPU 0`), which leaves out what all of a run's have in common, as the host's name.
 */
export const compare = (runs: readonly (readonly ShownSeries[])[]): Compared => {
  const members = runs.flatMap((series, run) =>
    chartsOf(series).flatMap(({ lines, ...chart }) =>
      lines.map(({ id, label }) => ({ chart, label, member: { run, id } })),
    ),
  )
  const together = [...Map.groupBy(members, ({ chart, label }) => `${chart.key}\n${label}`)]
  const charts = together.flatMap(([key, parts]): readonly ComparedChart[] => {
    const [first] = parts
    if (!first || new Set(parts.map(({ member }) => member.run)).size < 2) return []
    const title = first.label === '' ? first.chart.title : `${first.chart.title}, ${first.label}`
    return [{ ...first.chart, key, title, members: parts.map(({ member }) => member) }]
  })
  const names = new Set(charts.map(({ name }) => name))
  const lonely = [...new Set(members.map(({ chart }) => chart.name))].filter((name) => !names.has(name))
  return { charts: inOrderOfPage(charts), lonely }
}

/** As a run that had them all would show them. */
const inOrderOfPage = (charts: readonly ComparedChart[]): readonly ComparedChart[] => {
  const places = new Map(
    chartsOf(charts.map((chart, id) => ({ ...chart, id, attributes: {}, points: 0, last: 0 }))).map(
      ({ key }, place) => [key, place],
    ),
  )
  const placeOf = (chart: ComparedChart) =>
    places.get([chart.group, chart.name, chart.unit, chart.kind].join('\n')) ?? 0
  return charts.toSorted(
    (one, other) =>
      placeOf(one) - placeOf(other) || one.title.localeCompare(other.title, 'en', { numeric: true }),
  )
}

/** When a run began. */
export const beginOf = ({ begin, range }: Pick<Overview, 'begin' | 'range'>): number =>
  begin?.t ?? range.fromMs

export interface ComparedCurve {
  readonly run: number
  readonly label: string
  readonly beginMs: number
  readonly curve: Curve
}

/** A run's curve as a line over the time since its begin, or over steps; its look is the run's everywhere. */
export const comparedLine = (
  { run, label, beginMs, curve }: ComparedCurve,
  {
    over,
    isRate,
    smoothing,
    pixels,
  }: {
    readonly over: 'time' | 'step'
    readonly isRate: boolean
    readonly smoothing: number
    /** How many there are to draw on. */
    readonly pixels: number
  },
): Line => {
  const ordered = inOrder(curve)
  const moved = over === 'time' ? { x: ordered.x.map((x) => x - beginMs), y: ordered.y } : ordered
  const span = (moved.x.at(-1) ?? 0) - (moved.x[0] ?? 0)
  const points = isRate
    ? rates(moved, { per: over === 'time' ? 1_000 : 1, leastGap: span / Math.max(1, pixels) })
    : moved
  const y = smooth(points.y, smoothing)
  return { key: String(run), label, style: run, ...points, y, ...(smoothing > 0 && { raw: points.y }) }
}

/** The times at which a run was between two steps, and one point more on either side; undefined: it never was. */
export const timesOfSteps = (
  { x, t = [] }: Pick<Curve, 'x' | 't'>,
  { min, max }: { readonly min: number; readonly max: number },
): { readonly fromMs: number; readonly toMs: number } | undefined => {
  const isWithin = (index: number): boolean => {
    const step = x[index]
    return step !== undefined && step >= min && step <= max
  }
  const times = t.filter((_, index) => isWithin(index - 1) || isWithin(index) || isWithin(index + 1))
  return times.length === 0 ? undefined : { fromMs: Math.min(...times), toMs: Math.max(...times) }
}
