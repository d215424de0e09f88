// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the Collector has these in its texts
import { describe, expect, it } from 'vitest'
import { readCollector } from '../../../src/naming/collector/read-collector.ts'

interface Parts {
  readonly exporter?: string
  readonly options?: string
  readonly processors?: string
  readonly used?: string
  readonly receivers?: string
}

const configuration = ({
  exporter = 'prometheus',
  options = 'endpoint: 0.0.0.0:8889',
  processors = '{}',
  used = '[]',
  receivers = '[otlp]',
}: Parts = {}) => `
receivers: {otlp: {}}
processors: ${processors}
exporters:
  ${exporter}: {${options}}
  debug:
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [debug]}
    metrics: {receivers: ${receivers}, processors: ${used}, exporters: [${exporter}, debug]}
`

const read = (parts: Parts = {}) => {
  const result = readCollector(configuration(parts), { STRATEGY: 'NoTranslation' })
  if ('problems' in result) throw new Error(result.problems.join('\n'))
  const [exporter] = result.exporters
  if (!exporter) throw new Error('there is no exporter')
  return exporter
}

const problemsOf = (text: string) => {
  const result = readCollector(text, {})
  return 'problems' in result ? result.problems : []
}

it('an exporter without options has those of the Collector', () => {
  expect(read()).toMatchObject({
    id: 'prometheus',
    pipeline: 'metrics',
    kind: 'scraped',
    endpoint: '0.0.0.0:8889',
    namespace: '',
    strategy: 'UnderscoreEscapingWithSuffixes',
    constantLabels: [],
    resourceLabels: 'none',
    hasScopeLabels: true,
    hasTargetInfo: true,
    hasNativeHistograms: false,
    unknown: [],
  })
})

it.each<{ options: string; wanted: object }>([
  { options: 'namespace: ml_metrics', wanted: { namespace: 'ml_metrics' } },
  {
    options: 'translation_strategy: UnderscoreEscapingWithoutSuffixes',
    wanted: { strategy: 'UnderscoreEscapingWithoutSuffixes' },
  },
  { options: 'translation_strategy: "${env:STRATEGY}"', wanted: { strategy: 'NoTranslation' } },
  { options: 'translation_strategy: "${env:NONE:-NoTranslation}"', wanted: { strategy: 'NoTranslation' } },
  { options: 'add_metric_suffixes: false', wanted: { strategy: 'UnderscoreEscapingWithSuffixes' } },
  { options: 'const_labels: {team: a, zone: b}', wanted: { constantLabels: ['team', 'zone'] } },
  { options: 'resource_to_telemetry_conversion: {enabled: true}', wanted: { resourceLabels: 'all' } },
  {
    options: 'resource_to_telemetry_conversion: {enabled: true, exclude_service_attributes: true}',
    wanted: { resourceLabels: 'all but service' },
  },
  { options: 'without_scope_info: true', wanted: { hasScopeLabels: false } },
])('prometheus with $options', ({ options, wanted }) => {
  expect(read({ options })).toMatchObject(wanted)
})

it.each<{ options: string; wanted: object }>([
  { options: '', wanted: { kind: 'written', strategy: 'UnderscoreEscapingWithSuffixes' } },
  // here the older switch counts, unless the newer one is given
  { options: 'add_metric_suffixes: false', wanted: { strategy: 'UnderscoreEscapingWithoutSuffixes' } },
  {
    options: 'add_metric_suffixes: false, translation_strategy: UnderscoreEscapingWithSuffixes',
    wanted: { strategy: 'UnderscoreEscapingWithSuffixes' },
  },
  { options: 'external_labels: {cluster: a}', wanted: { constantLabels: ['cluster'] } },
  { options: 'target_info: {enabled: false}', wanted: { hasTargetInfo: false } },
  { options: 'disable_scope_info: true', wanted: { hasScopeLabels: false } },
  { options: 'convert_explicit_histograms_to_nhcb: true', wanted: { hasNativeHistograms: true } },
])('prometheusremotewrite with $options', ({ options, wanted }) => {
  for (const exporter of ['prometheusremotewrite', 'prometheus_remote_write/x'])
    expect(read({ exporter, options })).toMatchObject(wanted)
})

it.each([
  { options: 'add_metric_suffixes: false', remark: /add_metric_suffixes is deprecated and changes nothing/ },
  { options: 'send_timestamps: true', remark: /five minutes after its end/ },
  { options: 'metric_expiration: 1h', remark: /goes 1h after its last point/ },
  {
    options: 'enable_open_metrics: true, translation_strategy: UnderscoreEscapingWithoutSuffixes',
    remark: /of type unknown/,
  },
  { options: '', remark: /exported_job/ },
])('a remark tells what $options means', ({ options, remark }) => {
  expect(read({ options }).remarks).toContainEqual(expect.stringMatching(remark))
})

describe('processors', () => {
  it('those of which nothing is known are named, harmless ones are not', () => {
    const used = '[memory_limiter, transform/names, batch, resource_detection/env, metricstransform]'
    const { unknown, remarks } = read({ used })
    expect(unknown).toEqual(['transform/names', 'metricstransform'])
    expect(remarks).toContain('the processor transform/names may change names and labels')
  })

  it.each([
    { action: '{key: service.namespace, value: ml, action: upsert}', service: { 'service.namespace': 'ml' } },
    { action: '{key: service.namespace, value: ml, action: insert}', service: { 'service.namespace': 'ml' } },
    // there is one already, or there is none
    { action: '{key: service.name, value: ml, action: insert}', service: {} },
    { action: '{key: service.namespace, value: ml, action: update}', service: {} },
    { action: '{key: service.instance.id, action: delete}', service: { 'service.instance.id': undefined } },
    { action: '{key: host.name, value: ml, action: upsert}', service: {} },
    {
      action: '{key: service.namespace, from_attribute: k8s.namespace.name, action: upsert}',
      service: { 'service.namespace': '<service.namespace>' },
    },
  ])('resource with $action', ({ action, service }) => {
    const exporter = read({ processors: `{resource: {attributes: [${action}]}}`, used: '[resource]' })
    expect(exporter.service).toStrictEqual(service)
    expect(exporter.unknown).toEqual([])
  })

  it.each([
    { options: 'actions: [{key: zone, value: a, action: insert}]', added: ['zone'], removed: [] },
    { options: 'actions: [{key: dataset, action: delete}]', added: [], removed: ['dataset'] },
    { options: 'actions: [{key: dataset, value: a, action: update}]', added: [], removed: [] },
    {
      options: 'actions: [{key: a, value: 1, action: upsert}, {key: a, action: delete}]',
      added: [],
      removed: ['a'],
    },
  ])('attributes with $options', ({ options, added, removed }) => {
    const exporter = read({ processors: `{attributes: {${options}}}`, used: '[attributes]' })
    expect(exporter).toMatchObject({ addedAttributes: added, removedAttributes: removed, unknown: [] })
  })

  it.each([
    'actions: [{key: a, from_attribute: b, action: insert}]',
    'actions: [{pattern: a.*, action: delete}]',
    'actions: [{key: a, pattern: (?P<b>.*), action: extract}]',
    'include: {match_type: strict, metric_names: [a]}, actions: [{key: a, action: delete}]',
  ])('attributes with %s cannot be told', (options) => {
    const exporter = read({ processors: `{attributes: {${options}}}`, used: '[attributes]' })
    expect(exporter).toMatchObject({ addedAttributes: [], removedAttributes: [], unknown: ['attributes'] })
  })
})

it('a password in an endpoint is not told', () => {
  const options = 'endpoint: "https://me:secret@host/api?token=secret"'
  expect(read({ exporter: 'prometheusremotewrite', options }).endpoint).toBe('https://…@host/api?…')
})

it('a pipeline that nothing of ours can come into is told', () => {
  expect(read({ receivers: '[hostmetrics]' }).remarks[0]).toMatch(/nothing of ours comes here/)
})

it('each exporter of each pipeline of metrics is read', () => {
  const result = readCollector(
    `
exporters: {prometheus/a: {namespace: a}, prometheus/b: {namespace: b}}
service:
  pipelines:
    metrics/1: {receivers: [otlp], exporters: [prometheus/a, prometheus/b]}
    metrics/2: {receivers: [otlp], processors: [filter], exporters: [prometheus/b]}
`,
    {},
  )
  expect('exporters' in result && result.exporters.map(({ id, pipeline }) => `${pipeline} ${id}`)).toEqual([
    'metrics/1 prometheus/a',
    'metrics/1 prometheus/b',
    'metrics/2 prometheus/b',
  ])
})

const pipeline = (exporters: string) =>
  `service: {pipelines: {metrics: {receivers: [otlp], exporters: [${exporters}]}}}`

it.each([
  { text: 'a: [', problem: /^it is no YAML: / },
  { text: '- a', problem: 'it is no map with receivers, exporters and service in it' },
  { text: 'kind: ConfigMap\ndata: {}', problem: /there is no 'service' .* but kind, data/ },
  {
    text: `exporters: {debug: {}, prometheus: {}}\n${pipeline('debug')}`,
    problem:
      'no pipeline of metrics ends in a prometheus or a prometheusremotewrite exporter: metrics ends in debug; prometheus is configured, but in none of them',
  },
  {
    text: 'exporters: {prometheus: {}}\nservice: {pipelines: {traces: {exporters: [prometheus]}}}',
    problem: /there is no pipeline of metrics; prometheus is configured/,
  },
  {
    text: `exporters: {prometheus: {}}\n${pipeline('prometheus/x')}`,
    problem:
      'service.pipelines.metrics names the exporter prometheus/x, but in exporters there is prometheus',
  },
  {
    text: `exporters: {prometheus: {translation_strategy: UnderscoreEscapingWithoutSufixes}}\n${pipeline('prometheus')}`,
    problem:
      "exporters.prometheus.translation_strategy is 'UnderscoreEscapingWithoutSufixes', but accepted is UnderscoreEscapingWithSuffixes, UnderscoreEscapingWithoutSuffixes, NoUTF8EscapingWithSuffixes, NoTranslation; is UnderscoreEscapingWithoutSuffixes meant?",
  },
  {
    text: `exporters: {prometheus: {namespace: [a]}}\n${pipeline('prometheus')}`,
    problem: 'exporters.prometheus.namespace is ["a"], but accepted is a text',
  },
  {
    text: `exporters: {prometheus: {namespace: "\${file:ns}"}}\n${pipeline('prometheus')}`,
    problem:
      "exporters.prometheus.namespace is '${file:ns}', which is not read here: only ${env:NAME} and ${env:NAME:-default} are",
  },
  {
    text: `exporters: {prometheus: {enable_open_metrics: perhaps}}\n${pipeline('prometheus')}`,
    problem: "exporters.prometheus.enable_open_metrics is 'perhaps', but accepted is true or false",
  },
  {
    text: 'exporters: {}\nservice: {pipelines: {metrics: {exporters: prometheus}}}',
    problem:
      "service.pipelines.metrics.exporters is 'prometheus', but accepted is a list of names, such as [otlp]",
  },
])('wrong: $text', ({ text, problem }) => {
  expect(problemsOf(text)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)])
})
