import levenshtein from 'fastest-levenshtein'
import { table } from '../settings/table.ts'

/** Names that taskbeat reads, those of its settings and of its library. */
export const ownVariables: ReadonlySet<string> = new Set([
  ...Object.values(table).flatMap(({ env }: { readonly env?: string }) => env ?? []),
  'TASKBEAT_RECORDER_CONFIG',
])

/** What the platform tells its own worker, and perhaps others. */
const platformVariables = ['NVCT_RESULT_HANDLING_STRATEGY', 'NVCT_MAX_RUN_TIME_DURATION']

/** What the variables of one SDK, agent or distribution begin with: none of them is for us. */
const othersForm =
  /^OTEL_(PYTHON|JAVA|JAVAAGENT|NODE|DOTNET|GO|RUBY|PHP|CPP|RUST|SWIFT|ERLANG|INSTRUMENTATION|EXPERIMENTAL|RESOURCE_PROVIDERS|JMX|OPERATOR|COLLECTOR|INJECTOR|AUTO|LAMBDA)_/

/**
 * Names of the OpenTelemetry specification that have no meaning here: sampling and limits are fixed, propagation is W3C's,
 * exporters are those of OTLP.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export const ignoredVariables: ReadonlySet<string> = new Set([
  ...[
    'OTEL_LOG_LEVEL',
    'OTEL_PROPAGATORS',
    'OTEL_ENTITIES',
    'OTEL_CONFIG_FILE',
    'OTEL_EXPERIMENTAL_CONFIG_FILE',
  ],
  ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'OTEL_SEMCONV_STABILITY_OPT_IN'],
  ...['OTEL_BSP_EXPORT_TIMEOUT', 'OTEL_BLRP_EXPORT_TIMEOUT'],
  ...['OTEL_BLRP_MAX_QUEUE_SIZE', 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE'],
  ...['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  ...['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT'],
  ...['OTEL_SPAN_EVENT_COUNT_LIMIT', 'OTEL_SPAN_LINK_COUNT_LIMIT'],
  ...['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
  ...['OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT'],
  'OTEL_METRICS_EXEMPLAR_FILTER',
  'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
  ...['OTEL_EXPORTER_OTLP_SPAN_INSECURE', 'OTEL_EXPORTER_OTLP_METRIC_INSECURE'],
  ...['OTEL_EXPORTER_PROMETHEUS_HOST', 'OTEL_EXPORTER_PROMETHEUS_PORT'],
  ...['OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'OTEL_EXPORTER_ZIPKIN_TIMEOUT'],
  ...['OTEL_EXPORTER_JAEGER_AGENT_HOST', 'OTEL_EXPORTER_JAEGER_AGENT_PORT', 'OTEL_EXPORTER_JAEGER_ENDPOINT'],
])

/** Whether somebody else reads a variable of this name. */
export const isOfOthers = (name: string): boolean =>
  platformVariables.includes(name) || (othersForm.test(name) && !ignoredVariables.has(name))

/** Names that other programs read, and that are nearly ours: those of torchrun and of trainers. */
const nearlyOurs: ReadonlySet<string> = new Set(['LOGLEVEL', 'GLOBAL_RANK'])

/** Shorter names are near to each other by chance. */
const leastLength = 8

/** A name of ours that one of another kind is hardly different from: two letters at most. */
export const ownNameLike = (name: string): string | undefined => {
  if (name.length < leastLength || nearlyOurs.has(name)) return undefined
  const near = [...ownVariables].filter((own) => Math.abs(own.length - name.length) <= 2)
  if (near.length === 0) return undefined
  const nearest = levenshtein.closest(name, near)
  return levenshtein.distance(name, nearest) <= 2 ? nearest : undefined
}

/** Names of which taskbeat would know. */
export const isOfOurKind = (name: string): boolean => /^(OTEL|OTLP|NVCT|TASKBEAT)_/i.test(name)
