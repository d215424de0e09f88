import type { ShownSeries } from '../../api.ts'
import { chartsOf } from '../curves/charts-of.ts'

const patterns = { loss: /loss$/, throughput: /(throughput|_per_second)$/ } as const

/** The curve that tells of a training's loss or throughput: the most usual name, and of several the first. */
export const seriesToTell = (
  series: readonly ShownSeries[],
  what: keyof typeof patterns,
): ShownSeries | undefined => {
  const chart = chartsOf(series).find(
    ({ group, name, kind }) => group === 'training' && kind === 'gauge' && patterns[what].test(name),
  )
  const id = chart?.lines[0]?.id
  return series.find((one) => one.id === id)
}
