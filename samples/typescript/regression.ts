/** A curve through points, found by gradient descent: real, and small enough to leave the sample to taskbeat. */

export interface Model {
  readonly step: number
  /** Of 1, x and x². */
  readonly weights: readonly [number, number, number]
  /** Mean squared error. */
  readonly loss: number
}

type Weights = Model['weights']

/** 200 points around 0.5 - 2x + 3x². */
const points = Array.from({ length: 200 }, (_, index) => {
  const x = index / 100 - 1
  return { x, y: 0.5 - 2 * x + 3 * x ** 2 + 0.1 * Math.sin(97 * index) }
})

const errorsOf = ([a, b, c]: Weights) => points.map(({ x, y }) => ({ x, error: a + b * x + c * x ** 2 - y }))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const lossOf = (weights: Weights) => mean(errorsOf(weights).map(({ error }) => error ** 2))

export const untrained: Model = { step: 0, weights: [0, 0, 0], loss: lossOf([0, 0, 0]) }

/** One step along the gradient. */
export const trainStep = ({ step, weights }: Model, learningRate: number): Model => {
  const errors = errorsOf(weights)
  const down = (power: number) => 2 * learningRate * mean(errors.map(({ x, error }) => error * x ** power))
  const [a, b, c] = weights
  const next: Weights = [a - down(0), b - down(1), c - down(2)]
  return { step: step + 1, weights: next, loss: lossOf(next) }
}
