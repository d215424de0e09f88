import { describe, expect, it } from 'vitest'
import { type Curve, curveAt } from '../../src/workload/training-curve.ts'

const curve: Curve = { seed: 7, totalSteps: 1_000 }
const all = (of: Curve) => Array.from({ length: of.totalSteps }, (_, index) => curveAt(index + 1, of))
const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

describe('the curve of a simulated training', () => {
  it('is the same for the same seed, step by step, wherever it begins', () => {
    expect(curveAt(500, curve)).toEqual(all(curve)[499])
  })

  it('is another one for another seed', () => {
    expect(curveAt(500, { ...curve, seed: 8 })).not.toEqual(curveAt(500, curve))
  })

  it('falls in loss, with noise, and rises in accuracy', () => {
    const losses = all(curve).map(({ loss }) => loss)
    const tenths = Array.from({ length: 10 }, (_, index) =>
      mean(losses.slice(index * 100, index * 100 + 100)),
    )
    expect(tenths).toEqual(tenths.toSorted((a, b) => b - a))
    expect(losses.some((loss, index) => loss > (losses[index - 1] ?? Number.POSITIVE_INFINITY))).toBe(true)
    expect(curveAt(1_000, curve).tokenAccuracy).toBeGreaterThan(curveAt(1, curve).tokenAccuracy)
  })

  it('warms the learning rate up and cools it down', () => {
    const rates = all(curve).map(({ learningRate }) => learningRate)
    const peak = rates.indexOf(Math.max(...rates))
    expect(peak).toBeGreaterThan(10)
    expect(peak).toBeLessThan(100)
    expect(rates.at(-1)).toBeLessThan((rates[peak] ?? 0) / 5)
  })

  it('is NaN from the step on that is asked for', () => {
    const diverging = all({ ...curve, totalSteps: 10, nanAt: 6 })
    expect(diverging.map(({ loss }) => Number.isNaN(loss))).toEqual([
      ...Array(5).fill(false),
      ...Array(5).fill(true),
    ])
  })
})
