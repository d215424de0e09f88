import type { NamingExporter } from './collector/exporter.ts'
import { labelName } from './label-name.ts'
import { strategies } from './strategy.ts'

/** The labels of a metric's series, or why the Collector cannot export it. */
export type Labels =
  | { readonly labels: readonly string[]; readonly remarks: readonly string[] }
  | { readonly dropped: string }

/** Those that every series has, whatever its metric: of the resource, the scope and the configuration. */
export const commonLabels = (exporter: NamingExporter): readonly string[] => {
  const { service, hasScopeLabels, kind, constantLabels } = exporter
  const isRemoved = (key: string) => Object.hasOwn(service, key) && service[key] === undefined
  return [
    ...(isRemoved('service.name') ? [] : ['job']),
    ...(isRemoved('service.instance.id') ? [] : ['instance']),
    ...(hasScopeLabels ? ['otel_scope_name'] : []),
    // remote write leaves out what is empty
    ...(hasScopeLabels && kind === 'scraped' ? ['otel_scope_version', 'otel_scope_schema_url'] : []),
    ...constantLabels,
  ]
}

const duplicateOf = (names: readonly string[]) => names.find((name, index) => names.indexOf(name) < index)

/**
 * What becomes of the attributes of a metric's points. Two that become one label cost the whole metric where it is scraped;
 * by remote write they are one label, with both values.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.158.0/exporter/prometheusexporter/collector.go
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.158.0/pkg/translator/prometheusremotewrite/helper.go
 */
export const labelsOf = (attributes: readonly string[], exporter: NamingExporter): Labels => {
  const { kind, strategy, addedAttributes, removedAttributes } = exporter
  const options = { escapes: strategies[strategy].escapes, tidies: kind === 'written' }
  const keys = [
    ...attributes.filter((key) => !addedAttributes.includes(key) && !removedAttributes.includes(key)),
    ...addedAttributes,
  ]
  const named = keys.map((key) => ({ key, label: labelName(key, options) }))
  const labels = named.map(({ label }) => label).filter((label) => label !== undefined)
  const nameless = named.find(({ label }) => label === undefined)
  if (nameless) return { dropped: `no label can be made of the attribute '${nameless.key}'` }
  const common = commonLabels(exporter)
  const keysOf = (label: string) =>
    named
      .filter((one) => one.label === label)
      .map(({ key }) => key)
      .join(' and ')
  if (kind === 'scraped') {
    const reserved = labels.find((label) => label.startsWith('__'))
    if (reserved !== undefined)
      return { dropped: `the label ${reserved} is reserved: none may begin with __` }
    const twice = duplicateOf([...common, ...labels])
    if (twice === undefined) return { labels, remarks: [] }
    return {
      dropped: common.includes(twice)
        ? `the attribute ${keysOf(twice)} becomes the label ${twice}, which every series has already`
        : `the attributes ${keysOf(twice)} become the same label ${twice}`,
    }
  }
  const twice = duplicateOf(labels)
  const taken = labels.find((label) => /^(job|instance|otel_scope_name)$/.test(label))
  return {
    labels: [...new Set(labels)].filter((label) => !common.includes(label)),
    remarks: [
      ...(twice === undefined
        ? []
        : [`${keysOf(twice)} share the label ${twice}, with ';' between their values`]),
      ...(taken === undefined || !common.includes(taken)
        ? []
        : [`the attribute ${keysOf(taken)} is lost: its label ${taken} has another meaning`]),
    ],
  }
}
