import type { ProgressEvent, StepMetrics } from '../../workload-events.ts'

/** Reads one piece of output, a line or what a carriage return ends; undefined where it tells no progress. */
export type ProgressReader = (text: string) => ProgressEvent | undefined

/** How far a training is, as far as one piece of output tells. What makes no sense in it is left out of the event. */
export interface Position {
  readonly step?: number | undefined
  readonly totalSteps?: number | undefined
  /** From 0 to 100. */
  readonly percent?: number | undefined
  /** Epochs done: 3.5 is in the middle of the fourth. */
  readonly epoch?: number | undefined
}

const isCount = (value: number | undefined, least: number): value is number =>
  value !== undefined && Number.isSafeInteger(value) && value >= least

const isWithin = (value: number | undefined, most: number): value is number =>
  value !== undefined && value >= 0 && value <= most && Number.isFinite(value)

/** The event of a position and its metrics, or undefined if neither says anything. */
export const progressEvent = (
  { step, totalSteps, percent, epoch }: Position,
  metrics: StepMetrics,
): ProgressEvent | undefined => {
  const position = {
    ...(isCount(step, 0) && { step }),
    ...(isCount(totalSteps, 1) && { totalSteps }),
    ...(isWithin(percent, 100) && { percent }),
    ...(isWithin(epoch, Number.MAX_VALUE) && { epoch }),
  }
  if (Object.keys(position).length === 0 && Object.keys(metrics).length === 0) return undefined
  return { type: 'progress', ...position, metrics }
}

/**
 * Leaves out what is lower than before. For positions that are put together from bars which start over, and which
 * libraries print once more with an old description; not for steps that a library calls global, whose fall is news.
 */
export const keepFromFalling = (): ((position: Position) => Position) => {
  const highest = { step: 0, percent: 0, epoch: 0 }
  const unlessLower = (field: keyof typeof highest, value: number | undefined) => {
    if (value === undefined || !(value >= highest[field])) return undefined
    highest[field] = value
    return value
  }
  return ({ totalSteps, ...position }) => {
    const step = unlessLower('step', position.step)
    return {
      step,
      totalSteps: step === undefined ? undefined : totalSteps,
      percent: unlessLower('percent', position.percent),
      epoch: unlessLower('epoch', position.epoch),
    }
  }
}
