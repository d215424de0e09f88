import type { Curve } from '../../api.ts'
import type { Chart } from './charts-of.ts'
import { inOrder, type Line } from './line.ts'
import { rates } from './rates.ts'
import { smooth } from './smooth.ts'

export interface LineChoices {
  /** Counters as rates, per this much of x. */
  readonly ratePer: number | undefined
  /** 0 to 0.99. */
  readonly smoothing: number
  /** What a pixel is of x: rates over less would be noise. */
  readonly perPixel: number
}

/** The curves of a chart as lines, in the order of the chart's lines, with rates and smoothing as they were chosen. */
export const linesOf = (
  chart: Chart,
  curves: readonly Curve[],
  { ratePer, smoothing, perPixel }: LineChoices,
): readonly Line[] => {
  const byId = new Map(curves.map((curve) => [curve.id, curve]))
  return chart.lines.flatMap(({ id, label }, style) => {
    const curve = byId.get(id)
    if (!curve) return []
    const ordered = inOrder(curve)
    const points = ratePer === undefined ? ordered : rates(ordered, { per: ratePer, leastGap: perPixel })
    const y = smooth(points.y, smoothing)
    return [{ key: String(id), label, style, ...points, y, ...(smoothing > 0 && { raw: points.y }) }]
  })
}
