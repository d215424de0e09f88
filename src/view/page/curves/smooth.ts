/**
 * Values evened out: each is an average of all before it, in which older ones count less and less (`weight` to the power
 * of their age), divided by the sum of these weights, so that the first values are not drawn towards 0. What is no finite
 * number stays a gap and does not touch its neighbours.
 *
 * @param weight 0 (as they are) to 0.99
 */
export const smooth = (y: readonly (number | null)[], weight: number): readonly (number | null)[] => {
  if (weight <= 0) return y
  let sum = 0
  let weights = 0
  return y.map((value) => {
    if (value === null || !Number.isFinite(value)) return null
    sum = sum * weight + value * (1 - weight)
    weights = weights * weight + (1 - weight)
    return sum / weights
  })
}
