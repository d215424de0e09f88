import { type MetricConvention, type MetricName, metricConventions } from '../../src/semconv/metrics.ts'

/** Units of UCUM as Grafana calls them. @see https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
const grafanaUnits: Readonly<Record<string, string>> = {
  s: 's',
  By: 'bytes',
  'By/s': 'Bps',
  '%': 'percent',
  '1': 'percentunit',
  W: 'watt',
  J: 'joule',
  Cel: 'celsius',
  Hz: 'hertz',
}

/** The unit that Grafana shows a metric in: of what is counted, what that is. */
export const unitOf = (metric: MetricName): string => {
  const { unit }: MetricConvention = metricConventions[metric]
  const known = grafanaUnits[unit]
  if (known !== undefined) return known
  const [, counted, per] = /^\{(.*)\}(\/.*)$/.exec(unit) ?? []
  return counted === undefined ? 'short' : `suffix: ${counted}s${per}`
}
