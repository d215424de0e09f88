import type { ShownSeries } from '../../api.ts'

/**
 * Which series have something to draw: a point alone is a dot, and a counter with one has no rate. Others are told as the
 * values that they are.
 */
export const drawableIds = (series: readonly Pick<ShownSeries, 'id' | 'points'>[]): ReadonlySet<number> =>
  new Set(series.filter(({ points }) => points > 1).map(({ id }) => id))

/** Charts in which there is something to draw, and those of single values. */
export const parted = <Chart>(
  charts: readonly Chart[],
  isDrawable: (chart: Chart) => boolean,
): { readonly drawn: readonly Chart[]; readonly single: readonly Chart[] } => ({
  drawn: charts.filter(isDrawable),
  single: charts.filter((chart) => !isDrawable(chart)),
})
