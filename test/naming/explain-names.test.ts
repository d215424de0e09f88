import { describe, expect, it } from 'vitest'
import { parseMapping } from '../../src/bridge/mapping/parse-mapping.ts'
import { seedForm } from '../../src/bridge/mapping/seed-form.ts'
import { readCollector } from '../../src/naming/collector/read-collector.ts'
import { explainNames } from '../../src/naming/explain-names.ts'
import { bridgeMetrics, type OurMetric, taskMetrics } from '../../src/naming/our-metrics.ts'
import { metricConventions } from '../../src/semconv/metrics.ts'

const exporterOf = (options = '', id = 'prometheus', processors = '{}', used = '[]') => {
  const result = readCollector(
    `processors: ${processors}
exporters: {${id}: {${options}}}
service: {pipelines: {metrics: {receivers: [otlp], processors: ${used}, exporters: [${id}]}}}`,
    {},
  )
  if ('problems' in result || !result.exporters[0]) throw new Error(JSON.stringify(result))
  return result.exporters[0]
}

const metric = (part: Partial<OurMetric>): OurMetric => ({
  from: 'bridge',
  name: 'a.b',
  unit: '',
  kind: 'gauge',
  description: '',
  attributes: [],
  ...part,
})

const explain = (part: Partial<OurMetric>, exporter = exporterOf()) =>
  explainNames([metric(part)], exporter).metrics[0]

const noSuffixes = 'translation_strategy: UnderscoreEscapingWithoutSuffixes'
const utf8 = 'translation_strategy: NoUTF8EscapingWithSuffixes'
const quantile = (series: string) => `histogram_quantile(0.95, sum by (le) (rate(${series}[5m])))`

it.each<{ kind: OurMetric['kind']; options: string; type: string; series: string[]; query: string }>([
  { kind: 'counter', options: '', type: 'counter', series: ['a_b_total'], query: 'rate(a_b_total[5m])' },
  { kind: 'counter', options: noSuffixes, type: 'counter', series: ['a_b'], query: 'rate(a_b[5m])' },
  {
    kind: 'counter',
    options: utf8,
    type: 'counter',
    series: ['a.b_total'],
    query: 'rate({"a.b_total"}[5m])',
  },
  { kind: 'gauge', options: '', type: 'gauge', series: ['a_b'], query: 'a_b' },
  { kind: 'gauge', options: utf8, type: 'gauge', series: ['a.b'], query: '{"a.b"}' },
  { kind: 'updowncounter', options: '', type: 'gauge', series: ['a_b'], query: 'a_b' },
  {
    kind: 'histogram',
    options: '',
    type: 'histogram',
    series: ['a_b_bucket', 'a_b_sum', 'a_b_count'],
    query: quantile('a_b_bucket'),
  },
  {
    kind: 'histogram',
    options: utf8,
    type: 'histogram',
    series: ['a.b_bucket', 'a.b_sum', 'a.b_count'],
    query: quantile('{"a.b_bucket"}'),
  },
])('a $kind with $options has the query $query', ({ kind, options, ...wanted }) => {
  expect(explain({ kind }, exporterOf(options))).toMatchObject(wanted)
})

it('a native histogram has no buckets to ask for', () => {
  const exporter = exporterOf('convert_explicit_histograms_to_nhcb: true', 'prometheusremotewrite')
  expect(explain({ kind: 'histogram' }, exporter)).toMatchObject({
    series: ['a_b'],
    query: 'histogram_quantile(0.95, sum(rate(a_b[5m])))',
  })
})

describe('labels', () => {
  it.each([
    { attributes: ['job.id', 'dataset'], labels: ['job_id', 'dataset'] },
    { attributes: ['5xx'], labels: ['key_5xx'] },
    { attributes: ['a..b'], labels: ['a__b'] },
    { attributes: ['_a'], labels: ['_a'] },
  ])('$attributes become $labels', ({ attributes, labels }) => {
    expect(explain({ attributes })).toMatchObject({ labels })
  })

  it.each([
    {
      attributes: ['job.id', 'job_id'],
      dropped: 'the attributes job.id and job_id become the same label job_id',
    },
    {
      attributes: ['job'],
      dropped: 'the attribute job becomes the label job, which every series has already',
    },
    { attributes: ['__a'], dropped: 'the label __a is reserved: none may begin with __' },
    { attributes: ['...'], dropped: "no label can be made of the attribute '...'" },
  ])('$attributes cost a scraped metric', ({ attributes, dropped }) => {
    expect(explain({ attributes })).toMatchObject({ dropped })
  })

  it('by remote write two attributes share a label', () => {
    const exporter = exporterOf('', 'prometheusremotewrite')
    expect(explain({ attributes: ['job.id', 'job_id', '_a', 'a..b', 'job'] }, exporter)).toMatchObject({
      labels: ['job_id', 'key_a', 'a_b'],
      remarks: [
        "job.id and job_id share the label job_id, with ';' between their values",
        'the attribute job is lost: its label job has another meaning',
      ],
    })
  })

  it('a processor may add and take them', () => {
    const actions = '[{key: zone.id, value: a, action: insert}, {key: dataset, action: delete}]'
    const exporter = exporterOf('', 'prometheus', `{attributes: {actions: ${actions}}}`, '[attributes]')
    expect(explain({ attributes: ['job_id', 'dataset'] }, exporter)).toMatchObject({
      labels: ['job_id', 'zone_id'],
    })
  })

  it.each([
    {
      id: 'prometheus',
      options: 'const_labels: {team: a}',
      labels: ['job', 'instance', 'otel_scope_name', 'otel_scope_version', 'otel_scope_schema_url', 'team'],
    },
    { id: 'prometheus', options: 'without_scope_info: true', labels: ['job', 'instance'] },
    {
      id: 'prometheusremotewrite',
      options: '',
      labels: ['job', 'instance', 'otel_scope_name'],
    },
    {
      id: 'prometheusremotewrite',
      options: 'external_labels: {the.team: a}, disable_scope_info: true',
      labels: ['job', 'instance', 'the_team'],
    },
  ])('every series of $id with $options has $labels', ({ id, options, labels }) => {
    expect(explainNames([], exporterOf(options, id)).labels).toEqual(labels)
  })
})

it.each([
  { actions: '[]', job: '<service.name>', targetInfo: 'ml_target_info' },
  {
    actions: '[{key: service.namespace, value: ml-training, action: upsert}]',
    job: 'ml-training/<service.name>',
    targetInfo: 'ml_target_info',
  },
  {
    actions: '[{key: service.instance.id, action: delete}]',
    job: '<service.name>',
    targetInfo: undefined,
  },
  { actions: '[{key: service.name, action: delete}]', job: undefined, targetInfo: undefined },
])('the resource processor with $actions makes the job $job', ({ actions, ...wanted }) => {
  const exporter = exporterOf(
    'namespace: ml',
    'prometheus',
    `{resource: {attributes: ${actions}}}`,
    '[resource]',
  )
  expect(explainNames([], exporter)).toMatchObject(wanted)
})

it('a namespace that is no name is put before the names as it is, and told', () => {
  const explained = explainNames([metric({})], exporterOf('namespace: ml-metrics'))
  expect(explained.metrics[0]).toMatchObject({ name: 'ml-metrics_a_b', query: '{"ml-metrics_a_b"}' })
  expect(explained.targetInfo).toBe('ml_metrics_target_info')
  expect(explained.remarks.join('\n')).toMatch(/curl get ml_metrics_a_b[\s\S]*'ml-metrics' is put before/)
})

it('two metrics of one name are told of each other', () => {
  const { metrics } = explainNames(
    [
      metric({ name: 'a.b' }),
      metric({ name: 'a_b' }),
      metric({ name: 'a/b', kind: 'counter' }),
      metric({ name: 'a-b', kind: 'histogram' }),
    ],
    exporterOf(),
  )
  expect(metrics.map((one) => ('remarks' in one ? one.remarks : undefined))).toEqual([
    ['a_b has the same name', 'a-b has the same name as a histogram: which of them comes later is dropped'],
    ['a.b has the same name', 'a-b has the same name as a histogram: which of them comes later is dropped'],
    [],
    [
      'a.b has the same name as a gauge: which of them comes later is dropped',
      'a_b has the same name as a gauge: which of them comes later is dropped',
    ],
  ])
})

describe('our metrics', () => {
  it('those of tasks are all that are registered', () => {
    expect(taskMetrics([]).map(({ name }) => name)).toEqual(Object.keys(metricConventions))
  })

  it("TuFT's names have its units and attributes", () => {
    const find = (name: string) => taskMetrics(['tuft']).find((one) => one.name === name)
    expect(find('tuft.training.tokens_per_second')).toMatchObject({
      unit: 'tokens/s',
      kind: 'histogram',
      attributes: ['base_model'],
    })
    expect(find('tuft.futures.completed')).toMatchObject({
      attributes: ['operation_type', 'status', 'error.type'],
    })
    expect(find('taskbeat.training.loss')).toBeDefined()
  })

  it('no two of them, of tasks or of the bridge, have one name with any strategy', () => {
    const strategies = [
      'UnderscoreEscapingWithSuffixes',
      'UnderscoreEscapingWithoutSuffixes',
      'NoUTF8EscapingWithSuffixes',
      'NoTranslation',
    ]
    for (const names of [[], ['tuft']] as const)
      for (const attributes of ['job', 'seed'] as const)
        for (const strategy of strategies) {
          const metrics = [...taskMetrics(names), ...bridgeMetrics(seedForm({ attributes }))]
          const explained = explainNames(metrics, exporterOf(`translation_strategy: ${strategy}`))
          const bad = explained.metrics.filter((one) => 'dropped' in one || one.remarks.length > 0)
          expect(bad).toEqual([])
        }
  })

  it('the bridge has the attributes that are chosen, and metrics of its own', () => {
    const of = (attributes: 'job' | 'seed', name: string) =>
      bridgeMetrics(seedForm({ attributes })).find((one) => one.name === name)?.attributes
    expect(of('job', 'ml.training.loss')).toEqual(['job_id', 'model_name', 'dataset'])
    expect(of('seed', 'ml.training.loss')).toEqual(['job.id', 'model.name', 'dataset', 'epoch', 'batch'])
    expect(of('seed', 'taskbeat.bridge.file.age')).toEqual([])
    expect(of('seed', 'taskbeat.bridge.trouble')).toEqual(['taskbeat.kind'])
  })

  it('a mapping of your own has its metrics, each once', () => {
    const parsed = parseMapping(`
attributes: {run: /run}
metrics:
  - {from: /a, name: x, type: gauge, attributes: {part: a}}
  - {from: /b, name: x, type: gauge, attributes: {part: b, side: left}}
`)
    if ('problems' in parsed) throw new Error(parsed.problems.join('\n'))
    const own = bridgeMetrics(parsed.mapping).filter(({ name }) => name === 'x')
    expect(own.map(({ attributes }) => attributes)).toEqual([['run', 'part', 'side']])
  })
})
