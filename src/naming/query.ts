import type { MetricKind } from '../semconv/metrics.ts'

/** What Prometheus 2, and every older reader, takes as a name. */
const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

export const isLegacyName = (name: string): boolean => legacyName.test(name)

/** A name as a reader gets it that does not ask for UTF-8: Prometheus 2, `curl`. */
export const escapedName = (name: string): string =>
  isLegacyName(name) ? name : name.replaceAll(/[^a-zA-Z0-9_:]/gu, '_').replace(/^[0-9]/, '_')

/** A series in PromQL. @see https://prometheus.io/docs/prometheus/latest/querying/basics/#time-series-selectors */
const selector = (name: string) => (isLegacyName(name) ? name : `{${JSON.stringify(name)}}`)

/** A query to begin with: what a gauge is, by how much a counter grows, what most measurements are below. */
export const queryOf = (name: string, kind: MetricKind, hasNativeHistograms: boolean): string => {
  if (kind === 'counter') return `rate(${selector(name)}[5m])`
  if (kind !== 'histogram') return selector(name)
  return hasNativeHistograms
    ? `histogram_quantile(0.95, sum(rate(${selector(name)}[5m])))`
    : `histogram_quantile(0.95, sum by (le) (rate(${selector(`${name}_bucket`)}[5m])))`
}
