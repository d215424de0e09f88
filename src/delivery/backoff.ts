/** From the first failure on, and at most so long: a collector that is back is found within five seconds. */
const firstMs = 500
const longestMs = 4_000
const factor = 1.6

/**
 * How long to wait before the next attempt after so many failures in a row, in milliseconds: exponential, and spread
 * at random over the last two fifths, so that a thousand tasks do not ask in step.
 *
 * @param random - from 0 to 1
 */
export const backoffMs = (failures: number, random: number): number =>
  Math.min(longestMs, firstMs * factor ** Math.max(0, failures - 1)) * (0.6 + 0.4 * random)
