import uPlot from 'uplot'
import { incrementsOf, tickSpace, ticksInWords, type XKind } from './axis-words.ts'
import { drawLines, placesOn } from './draw.ts'
import { type Extent, extentOfY, logRange } from './extent.ts'
import type { Line } from './line.ts'
import type { Palette } from './palette.ts'
import type { Measure } from './units.ts'

/** What is to be seen. */
export interface Picture {
  readonly lines: readonly Line[]
  /** What the x axis shows. */
  readonly shown: Extent
  readonly isLog: boolean
  readonly measure: Measure
  readonly colours: Palette
}

/** A chart's canvas with its axes. */
export interface Canvas {
  /** The surface of the plot without its axes. */
  readonly over: HTMLElement
  readonly show: (picture: Picture) => void
  readonly resize: (width: number) => void
  /** How far down a value is drawn, as a share of the plot; outside 0 to 1 it is not to be seen. */
  readonly downOf: (value: number) => number
  readonly end: () => void
}

export const canvasHeight = 216
const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

const rangeOfY = ({ lines, shown, isLog }: Picture): uPlot.Range.MinMax => {
  const extent = extentOfY(lines, shown, isLog)
  if (extent === undefined) return isLog ? [0.1, 10] : [0, 1]
  if (!isLog) return uPlot.rangeNum(extent.min, extent.max, 0.1, true)
  const { min, max } = logRange(extent)
  return [min, max]
}

/** Ticks of a logarithmic scale that have no room come as null, and stay blank. */
const yTicks = (measure: Measure, ticks: readonly (number | null)[]): string[] =>
  ticks.map((tick) => (tick === null ? '' : measure.inWords(tick)))

/** Of more than three powers of ten only these have a line. */
const gridTicks = (_: uPlot, ticks: readonly number[]): (number | null)[] => {
  const isWide = (ticks.at(-1) ?? 1) / (ticks[0] ?? 1) > 1e3
  return ticks.map((tick) => (isWide && Math.abs(Math.log10(tick) % 1) > 1e-9 ? null : tick))
}

/** Starts a chart: what its kind of axes is cannot be changed afterwards. */
export const createCanvas = (
  host: HTMLElement,
  {
    xKind,
    width,
    first,
    onDrawn,
  }: {
    readonly xKind: XKind
    readonly width: number
    readonly first: Picture
    /** The scales are as they were drawn. */
    readonly onDrawn: () => void
  },
): Canvas => {
  let picture = first
  const lines = { stroke: () => picture.colours.line, width: 1 }
  const axis = {
    font,
    stroke: () => picture.colours.muted,
    ticks: { ...lines, size: 4 },
  }
  const incrs = incrementsOf(xKind)
  const plot = new uPlot(
    {
      width,
      height: canvasHeight,
      ms: 1,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: xKind === 'time', range: () => [picture.shown.min, picture.shown.max] },
        y: { distr: first.isLog ? 3 : 1, range: () => rangeOfY(picture) },
      },
      series: [{}, { auto: false, paths: () => null, points: { show: false } }],
      axes: [
        {
          ...axis,
          grid: lines,
          size: xKind === 'time' ? 46 : 32,
          space: (_, __, min, max, widthPx) => tickSpace(xKind, max - min, widthPx),
          ...(incrs && { incrs: [...incrs] }),
          values: (_, ticks, __, ___, distance) => [...ticksInWords(xKind, ticks, distance)],
        },
        {
          ...axis,
          grid: first.isLog ? { ...lines, filter: gridTicks } : lines,
          space: 34,
          size: (_, ticks) => 14 + 6.6 * Math.max(3, ...(ticks ?? []).map((tick) => tick.length)),
          values: (_, ticks) => yTicks(picture.measure, ticks),
        },
      ],
      hooks: {
        draw: [(self) => drawLines(self, picture.lines, picture), onDrawn],
      },
    },
    [
      [first.shown.min, first.shown.max],
      [null, null],
    ],
    host,
  )
  return {
    over: plot.over,
    show: (next) => {
      picture = next
      plot.setScale('x', next.shown)
    },
    resize: (nextWidth) => {
      if (nextWidth !== plot.width) plot.setSize({ width: nextWidth, height: canvasHeight })
    },
    downOf: (value) => {
      const { yOf } = placesOn(plot, picture.isLog)
      return (yOf(value) - plot.bbox.top) / plot.bbox.height
    },
    end: () => plot.destroy(),
  }
}
