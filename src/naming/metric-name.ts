import type { MetricKind } from '../semconv/metrics.ts'
import { type Strategy, strategies } from './strategy.ts'
import { unitSuffixes } from './unit-suffixes.ts'

export interface Named {
  readonly name: string
  readonly unit: string
  readonly kind: MetricKind
}

export interface NamingOptions {
  /** Put before every name; empty for none. */
  readonly namespace: string
  readonly strategy: Strategy
}

/** Counters that only grow end with `_total`; gauges of the unit `1`, and nothing else of it, with `_ratio`. */
const typeSuffixes = ({ unit, kind }: Named): readonly string[] => [
  ...(kind === 'counter' ? ['total'] : []),
  ...(kind === 'gauge' && unit === '1' ? ['ratio'] : []),
]

const escapeUnit = (text: string) =>
  text
    .replaceAll(/[^a-zA-Z0-9:]/gu, '_')
    .replaceAll(/_+/g, '_')
    .replace(/^_/, '')

const notBeginningWithDigit = (name: string) => (/^[0-9]/.test(name) ? `_${name}` : name)

/** The parts of a name; several characters that do not belong into one separate them as one does. */
const tokensOf = (name: string) => name.split(/[^a-zA-Z0-9:]+/u).filter((token) => token !== '')

/** A suffix that is a part of the name already, wherever, is not added; one of the type moves to the end. */
const escapedWithSuffixes = (metric: Named, namespace: string): string => {
  const name = tokensOf(metric.name)
  const { main, per } = unitSuffixes(metric.unit)
  const escapedPer = escapeUnit(per).replace(/^per_$|_$/, '')
  const perSuffix = name.includes(escapedPer) ? '' : escapedPer
  const escapedMain = escapeUnit(main)
  const mainSuffix = name.includes(escapedMain)
    ? ''
    : perSuffix === ''
      ? escapedMain
      : escapedMain.replace(/_$/, '')
  const ends = typeSuffixes(metric)
  const beginning = [...name, mainSuffix, perSuffix].filter((token) => token !== '' && !ends.includes(token))
  // the namespace is taken as it is, as the exporter does: one with a hyphen keeps it
  const tokens = [...(namespace === '' ? [] : [namespace]), ...beginning, ...ends]
  return notBeginningWithDigit(tokens.join('_'))
}

const escapedAlone = ({ name }: Named, namespace: string): string => {
  const escaped = (text: string) =>
    text
      .split(/[^a-zA-Z0-9:_]+/u)
      .filter((token) => token !== '')
      .join('_')
  return namespace === '' ? notBeginningWithDigit(escaped(name)) : `${escaped(namespace)}_${escaped(name)}`
}

const withoutEnd = (name: string, suffix: string) =>
  name.endsWith(suffix) && name.length > suffix.length + 1 ? name.slice(0, -(suffix.length + 1)) : name

/** Only at the end of the name is a suffix looked for. */
const unescapedWithSuffixes = (metric: Named, namespace: string): string => {
  const { main, per } = unitSuffixes(metric.unit)
  const ends = [...(per === '' ? [] : [per]), ...typeSuffixes(metric)]
  const name = [namespace, metric.name].filter((part) => part !== '').join('_')
  const bare = ends.reduceRight(withoutEnd, name)
  const withMain = main === '' || bare.endsWith(main) ? bare : `${bare}_${main}`
  return [withMain, ...ends].join('_')
}

/**
 * The name of a metric in Prometheus; that of a histogram is the common beginning of its series. Undefined where nothing
 * of the name can be kept: the Collector drops such a metric.
 *
 * @see https://github.com/prometheus/otlptranslator/blob/v1.0.0/metric_namer.go
 */
export const metricName = (metric: Named, { namespace, strategy }: NamingOptions): string | undefined => {
  const { escapes, addsSuffixes } = strategies[strategy]
  if (!escapes) {
    if (addsSuffixes) return unescapedWithSuffixes(metric, namespace)
    return namespace === '' ? metric.name : `${namespace}_${metric.name}`
  }
  const name = (addsSuffixes ? escapedWithSuffixes : escapedAlone)(metric, namespace)
  return name === '' || (name !== metric.name && /^_+$/.test(name)) ? undefined : name
}
