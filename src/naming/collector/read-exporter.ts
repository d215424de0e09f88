import { isJsonObject, type JsonObject } from '../../json.ts'
import { hideSecrets } from '../../settings/hide-secrets.ts'
import { labelName } from '../label-name.ts'
import { type Strategy, strategies, strategyNames } from '../strategy.ts'
import type { Changes, NamingExporter } from './exporter.ts'
import type { OptionReader } from './read-options.ts'

interface Configured {
  readonly id: string
  readonly pipeline: string
  readonly options: JsonObject
  readonly changes: Changes
  /** Said of the pipeline already. */
  readonly remarks: readonly string[]
}

const present = (...remarks: readonly (string | false | undefined)[]): readonly string[] =>
  remarks.filter((remark) => typeof remark === 'string')

/** What both exporters have. */
const readCommon = ({ id, pipeline, options, changes }: Configured, read: OptionReader) => {
  const where = `exporters.${id}`
  const conversion = read.map(
    `${where}.resource_to_telemetry_conversion`,
    options.resource_to_telemetry_conversion,
  )
  const endpoint = read.text(`${where}.endpoint`, options.endpoint)
  const at = `${where}.resource_to_telemetry_conversion`
  const isConverted = read.onOff(`${at}.enabled`, conversion.enabled) ?? false
  const excludes =
    read.onOff(`${at}.exclude_service_attributes`, conversion.exclude_service_attributes) ?? false
  return {
    ...changes,
    ...{ id, pipeline },
    endpoint: endpoint && hideSecrets(endpoint),
    namespace: read.text(`${where}.namespace`, options.namespace) ?? '',
    resourceLabels: isConverted ? (excludes ? 'all but service' : 'all') : 'none',
  } as const
}

const unknownRemarks = ({ changes }: Configured) =>
  changes.unknown.map((processor) => `the processor ${processor} may change names and labels`)

/** @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/exporter/prometheusexporter */
export const readScraped = (configured: Configured, read: OptionReader): NamingExporter => {
  const { id, options } = configured
  const where = `exporters.${id}`
  const strategy =
    read.oneOf(`${where}.translation_strategy`, options.translation_strategy, strategyNames) ??
    'UnderscoreEscapingWithSuffixes'
  const usesOpenMetrics = read.onOff(`${where}.enable_open_metrics`, options.enable_open_metrics) ?? false
  const hasTimestamps = read.onOff(`${where}.send_timestamps`, options.send_timestamps) ?? false
  const expiration = read.text(`${where}.metric_expiration`, options.metric_expiration) || '5m'
  return {
    ...readCommon(configured, read),
    kind: 'scraped',
    strategy,
    constantLabels: Object.keys(read.map(`${where}.const_labels`, options.const_labels)),
    hasScopeLabels: !(read.onOff(`${where}.without_scope_info`, options.without_scope_info) ?? false),
    hasTargetInfo: true,
    hasNativeHistograms: false,
    remarks: present(
      ...configured.remarks,
      ...unknownRemarks(configured),
      options.add_metric_suffixes !== undefined &&
        'add_metric_suffixes is deprecated and changes nothing in current releases (0.158): translation_strategy: UnderscoreEscapingWithoutSuffixes leaves suffixes away',
      'Prometheus has a job and an instance of its own for what it scrapes: without honor_labels: true these labels are exported_job and exported_instance',
      usesOpenMetrics &&
        !strategies[strategy].addsSuffixes &&
        'Prometheus asks for OpenMetrics, where a counter must end with _total: those without are of type unknown there, and rate() works on them as ever',
      hasTimestamps &&
        'samples have times of their own (send_timestamps), so Prometheus shows a series for five minutes after its end',
      `a series goes ${expiration} after its last point (metric_expiration)`,
    ),
  }
}

/** Without a strategy, the older switch counts here. */
const writtenStrategy = (where: string, options: JsonObject, read: OptionReader): Strategy => {
  const given = read.oneOf(`${where}.translation_strategy`, options.translation_strategy, strategyNames)
  const addsSuffixes = read.onOff(`${where}.add_metric_suffixes`, options.add_metric_suffixes) ?? true
  return given ?? (addsSuffixes ? 'UnderscoreEscapingWithSuffixes' : 'UnderscoreEscapingWithoutSuffixes')
}

/** @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/exporter/prometheusremotewriteexporter */
export const readWritten = (configured: Configured, read: OptionReader): NamingExporter => {
  const { id, options } = configured
  const where = `exporters.${id}`
  const strategy = writtenStrategy(where, options, read)
  const targetInfo = read.map(`${where}.target_info`, options.target_info)
  const on = (name: string) => read.onOff(`${where}.${name}`, options[name]) ?? false
  return {
    ...readCommon(configured, read),
    kind: 'written',
    strategy,
    constantLabels: Object.keys(read.map(`${where}.external_labels`, options.external_labels)).flatMap(
      (name) => labelName(name, { escapes: true, tidies: true }) ?? [],
    ),
    hasScopeLabels: !on('disable_scope_info'),
    hasTargetInfo: read.onOff(`${where}.target_info.enabled`, targetInfo.enabled) ?? true,
    hasNativeHistograms: on('convert_explicit_histograms_to_nhcb') && !on('keep_classic_histograms'),
    remarks: present(
      ...configured.remarks,
      ...unknownRemarks(configured),
      options.add_metric_suffixes !== undefined &&
        (options.translation_strategy === undefined
          ? 'add_metric_suffixes is deprecated: say it with translation_strategy'
          : 'add_metric_suffixes is deprecated and changes nothing beside translation_strategy'),
      !strategies[strategy].escapes &&
        !String(options.protobuf_message ?? '').includes('v2') &&
        `the Collector refuses ${strategy} without remote write 2 (protobuf_message: io.prometheus.write.v2.Request)`,
      !on('send_metadata') && 'Prometheus learns no types (send_metadata is off): rate() works all the same',
    ),
  }
}

/** The options of a component; one without any may be written as nothing. */
export const optionsOf = (components: JsonObject, id: string): JsonObject => {
  const options = components[id]
  return isJsonObject(options) ? options : {}
}
