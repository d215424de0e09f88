import type { Distribution } from '../../otlp/points/point.ts'

/** What was recorded since `startMs`, in milliseconds since 1970; the bounds are those of the mapping. */
export interface HistogramState extends Omit<Distribution, 'bounds'> {
  readonly startMs: number
}

/** The histogram with one more value, which is finite. */
export const recordValue = (
  previous: HistogramState | undefined,
  value: number,
  { bounds, startMs }: { readonly bounds: readonly number[]; readonly startMs: number },
): HistogramState => {
  const counts = previous?.counts ?? new Array<number>(bounds.length + 1).fill(0)
  const found = bounds.findIndex((bound) => value <= bound)
  const bucket = found < 0 ? bounds.length : found
  return {
    startMs: previous?.startMs ?? startMs,
    count: (previous?.count ?? 0) + 1,
    sum: (previous?.sum ?? 0) + value,
    min: Math.min(previous?.min ?? value, value),
    max: Math.max(previous?.max ?? value, value),
    counts: counts.map((count, index) => (index === bucket ? count + 1 : count)),
  }
}
