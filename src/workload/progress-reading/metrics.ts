import type { StepMetrics } from '../../workload-events.ts'
import { readNumber } from './numbers.ts'

/** Beyond it, metrics of one piece of output are left out. */
const mostMetrics = 64
/** Longer names are cut; OpenTelemetry takes names of instruments up to 255. */
const longestName = 100

/** What libraries call the metrics that all trainings have in common. Of two in one line, the first counts. */
const commonNames: ReadonlyMap<string, string> = new Map([
  ['loss', 'loss'],
  ['train_loss', 'loss'],
  ['train_loss_step', 'loss'],
  ['training_loss', 'loss'],
  ['reduced_train_loss', 'loss'],
  ['lm loss', 'loss'],
  ['lr', 'learningRate'],
  ['learning_rate', 'learningRate'],
  ['learning rate', 'learningRate'],
  ['learningRate', 'learningRate'],
  ['samples_per_second', 'samplesPerSecond'],
  ['samples per second', 'samplesPerSecond'],
  ['samples/sec', 'samplesPerSecond'],
  ['samplesPerSecond', 'samplesPerSecond'],
])

/** A name that OpenTelemetry takes: letters, digits and `_ . - /`, a letter first; undefined if no letter is left. */
const plainName = (name: string) => {
  const plain = name.replaceAll(/[^A-Za-z0-9_./-]+/g, '_').replace(/^[^A-Za-z]+/, '')
  return plain.slice(0, longestName).replace(/[_./-]+$/, '') || undefined
}

/**
 * Values of any origin under the names that all trainings share, or under their own.
 *
 * @param names - which of them are shared
 */
export const nameMetrics = (
  values: Iterable<readonly [name: string, value: number]>,
  names = commonNames,
): StepMetrics => {
  const metrics = new Map<string, number>()
  for (const [name, value] of values) {
    if (metrics.size >= mostMetrics) break
    const common = names.get(name.trim())
    const own = common !== undefined && !metrics.has(common) ? common : plainName(name)
    if (own !== undefined && !metrics.has(own)) metrics.set(own, value)
  }
  return Object.fromEntries(metrics)
}

/** Those of the texts that are numbers. */
export const numbersOf = (
  pairs: Iterable<readonly [name: string, text: string]>,
): readonly (readonly [name: string, value: number])[] => {
  const values: [string, number][] = []
  for (const [name, text] of pairs) {
    const value = readNumber(text)
    if (value !== undefined) values.push([name, value])
  }
  return values
}
