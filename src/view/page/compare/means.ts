import type { Points } from '../curves/line.ts'

/**
 * The mean of a curve over time, each value counting for as long as it held, so that points which lie closer together do
 * not count for more. Gaps count for nothing. Undefined without a value.
 */
export const meanOverTime = ({ x, y }: Points): number | undefined => {
  const values = y.filter((value) => value !== null)
  if (values.length === 0) return undefined
  let sum = 0
  let time = 0
  for (let index = 1; index < x.length; index += 1) {
    const [one, other] = [y[index - 1], y[index]]
    if (one === null || other === null || one === undefined || other === undefined) continue
    const held = (x[index] ?? 0) - (x[index - 1] ?? 0)
    sum += ((one + other) / 2) * held
    time += held
  }
  return time > 0 ? sum / time : values.reduce((all, value) => all + value, 0) / values.length
}

/** The least of a curve, and its last number. */
export const bestAndLast = ({
  y,
}: Pick<Points, 'y'>): { readonly best: number | undefined; readonly last: number | undefined } => {
  const values = y.filter((value) => value !== null)
  return {
    best: values.length === 0 ? undefined : values.reduce((least, value) => Math.min(least, value)),
    last: values.at(-1),
  }
}
