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
