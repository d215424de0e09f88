/** What a training run looks like from outside, step by step. */
export interface CurvePoint {
  readonly loss: number
  readonly validationLoss: number
  /** Share of right tokens, from 0 to 1. */
  readonly tokenAccuracy: number
  readonly learningRate: number
}

export interface Curve {
  readonly seed: number
  readonly totalSteps: number
  /** Step from which the loss is NaN. */
  readonly nanAt?: number | undefined
}

/**
 * A number from 0 to 1 that depends on its arguments alone, so that a restarted run goes on along the same curve.
 *
 * The mixing steps are those of the public-domain generator SplitMix32.
 */
const noise = (seed: number, step: number, channel: number) => {
  let mixed = (seed + Math.imul(step, 0x9e3779b9) + Math.imul(channel, 0x85ebca6b)) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

/** Symmetric noise of the given size. */
const jitter = (size: number, ...point: [seed: number, step: number, channel: number]) =>
  size * (2 * noise(...point) - 1)

const startLoss = 4.2
const endLoss = 1.1
const peakLearningRate = 3e-4
const warmupShare = 0.05

/** Linear warm-up, then half a cosine down to a tenth. */
const learningRateAt = (share: number) => {
  if (share < warmupShare) return (peakLearningRate * share) / warmupShare
  const decay = 0.5 * (1 + Math.cos((Math.PI * (share - warmupShare)) / (1 - warmupShare)))
  return peakLearningRate * (0.1 + 0.9 * decay)
}

/**
 * The training at one step.
 *
 * @param step - from 1 to `totalSteps`
 */
export const curveAt = (step: number, { seed, totalSteps, nanAt }: Curve): CurvePoint => {
  const share = step / totalSteps
  const trend = endLoss + (startLoss - endLoss) * Math.exp(-5 * share)
  const hasDiverged = nanAt !== undefined && step >= nanAt
  const loss = hasDiverged ? Number.NaN : trend * (1 + jitter(0.04, seed, step, 1))
  return {
    loss,
    validationLoss: hasDiverged ? Number.NaN : trend * 1.06 * (1 + jitter(0.02, seed, step, 2)),
    tokenAccuracy: hasDiverged ? 0 : Math.exp(-trend / 2.5) * (1 + jitter(0.02, seed, step, 3)),
    learningRate: learningRateAt(share),
  }
}

/** Load of an imagined GPU, from 0 to 1. */
export const gpuLoadAt = (step: number, seed: number) => 0.93 + jitter(0.05, seed, step, 4)
