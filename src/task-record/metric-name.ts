import { metricConventions } from '../semconv/metrics.ts'

/**
 * Whether a metric may have the name.
 *
 * @see https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax
 */
export const isMetricName = (name: string): boolean => /^[a-z][a-z0-9_.\-/]{0,254}$/i.test(name)

/** Units are up to 63 printable ASCII characters. @see https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-unit */
export const isMetricUnit = (unit: string): boolean => /^[\x20-\x7e]{0,63}$/.test(unit)

/** The name of a number that a training calls `name`; undefined if nothing of that is left. */
export const trainingMetricName = (name: string): string | undefined => {
  const usable = name.slice(0, 200).replaceAll(/[^a-z0-9_.\-/]+/gi, '_')
  return /[a-z0-9]/i.test(usable) ? `taskbeat.training.${usable}` : undefined
}

/** What all trainings have, by what they call it. */
const common: ReadonlyMap<string, string> = new Map([
  ['loss', 'taskbeat.training.loss'],
  ['learningRate', 'taskbeat.training.learning_rate'],
  ['learning_rate', 'taskbeat.training.learning_rate'],
  ['samplesPerSecond', 'taskbeat.training.throughput'],
])

/** Names that a training may use too, but for something else. */
const taken: ReadonlySet<string> = new Set(Object.keys(metricConventions))

/** The name under which a number that a training calls `name` is exported; undefined if nothing of that is left. */
export const exportedTrainingName = (name: string): string | undefined => {
  const known = common.get(name)
  if (known !== undefined) return known
  const own = trainingMetricName(name)
  return own !== undefined && taken.has(own.toLowerCase()) ? `${own}.reported` : own
}
