import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { explainNames } from '../../src/commands/explain-names.ts'
import type { ExplainedExporter } from '../../src/naming/explain-names.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

type Variables = Readonly<Record<string, string>>

/** The command as the command line runs it: what it writes to standard output. */
const run = async (argv: readonly string[], environment: Variables = {}): Promise<string> => {
  const resolution = await resolveSettings({ argv, env: environment }, explainNames.groups)
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('\n'))
  const output = new PassThrough()
  const all = text(output)
  const status = await explainNames.run({
    settings: resolution.settings,
    operands: [],
    stop: new AbortController().signal,
    atFault: () => {},
    version: () => '0',
    environment,
    stdin: () => new PassThrough(),
    stdout: () => output,
    stderr: () => new PassThrough(),
  })
  output.end()
  expect(status).toBe(0)
  return all
}

const configuration = `
exporters:
  prometheus:
    endpoint: 0.0.0.0:8889
    namespace: ml_metrics
    translation_strategy: \${env:STRATEGY:-UnderscoreEscapingWithSuffixes}
service: {pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}}
`

/** A directory with a configuration, and with a mapping. */
const prepared = async () => {
  const dir = await temporaryDirectory()
  const collector = join(dir.path, 'collector.yaml')
  const mapping = join(dir.path, 'mapping.yaml')
  await writeFile(collector, configuration)
  await writeFile(
    mapping,
    'attributes: {run.id: /run}\nmetrics: [{from: /loss, name: my.loss, type: gauge}]\nunknown: {prefix: my}',
  )
  return { path: dir.path, collector, mapping, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() }
}

const metricsOf = (json: string): ExplainedExporter['metrics'] => JSON.parse(json).exporters[0].metrics

it('prints each metric with its name in Prometheus, its type, its labels and a query', async () => {
  await using files = await prepared()
  const lines = (await run(['--collector', files.collector])).split('\n').map((line) => line.trim())
  expect(lines[0]).toBe(
    'prometheus of pipeline metrics, scraped at 0.0.0.0:8889: namespace ml_metrics, UnderscoreEscapingWithSuffixes',
  )
  const at = lines.findIndex((line) => line.startsWith('ml.training.batch_number '))
  expect(lines[at]).toMatch(
    /^ml\.training\.batch_number +→ ml_metrics_ml_training_batch_number_total \(counter\) \{job_id, model_name, dataset\}$/,
  )
  expect(lines[at + 1]).toBe('rate(ml_metrics_ml_training_batch_number_total[5m])')
  expect(lines).toContainEqual(
    expect.stringMatching(/^taskbeat\.training\.loss +→ ml_metrics_taskbeat_training_loss_ratio \(gauge\)$/),
  )
  expect(lines).toContain(
    '- on every series: job="<service.name>", instance, otel_scope_name, otel_scope_version, otel_scope_schema_url',
  )
})

it('--json prints the same as JSON', async () => {
  await using files = await prepared()
  const json = await run(['--collector', files.collector, '--json'])
  expect(JSON.parse(json)).toMatchObject({
    collector: files.collector,
    exporters: [{ exporter: 'prometheus', namespace: 'ml_metrics', kind: 'scraped' }],
  })
  expect(metricsOf(json)).toContainEqual({
    from: 'bridge',
    metric: 'ml.training.processing_time_ms',
    unit: '',
    name: 'ml_metrics_ml_training_processing_time_ms',
    type: 'histogram',
    series: ['bucket', 'sum', 'count'].map((part) => `ml_metrics_ml_training_processing_time_ms_${part}`),
    labels: ['job_id', 'model_name', 'dataset'],
    query:
      'histogram_quantile(0.95, sum by (le) (rate(ml_metrics_ml_training_processing_time_ms_bucket[5m])))',
    remarks: [],
  })
})

it.each<{ argv: string[]; env: Variables; wanted: object }>([
  { argv: [], env: { STRATEGY: 'NoTranslation' }, wanted: { name: 'ml_metrics_ml.training.loss' } },
  {
    argv: ['--names', 'tuft'],
    env: {},
    wanted: { name: 'ml_metrics_tuft_redis_operation_duration_seconds' },
  },
  {
    argv: ['--attributes', 'seed'],
    env: {},
    wanted: {
      metric: 'ml.training.loss',
      labels: ['job_id', 'model_name', 'dataset', 'epoch', 'batch'],
    },
  },
  {
    argv: [],
    env: { TASKBEAT_BRIDGE_ATTRIBUTES: 'seed' },
    wanted: { labels: ['job_id', 'model_name', 'dataset', 'epoch', 'batch'] },
  },
])('$argv and $env tell of $wanted', async ({ argv, env, wanted }) => {
  await using files = await prepared()
  const metrics = metricsOf(await run(['--collector', files.collector, '--json', ...argv], env))
  expect(metrics).toContainEqual(expect.objectContaining(wanted))
})

it('a mapping takes the place of the built-in form', async () => {
  await using files = await prepared()
  const json = await run(['--collector', files.collector, '--json', '--mapping', files.mapping])
  expect(metricsOf(json)).toContainEqual(
    expect.objectContaining({ name: 'ml_metrics_my_loss', labels: ['run_id'] }),
  )
  expect(metricsOf(json).map(({ metric }) => metric)).not.toContain('ml.training.loss')
  expect(JSON.parse(json).exporters[0].remarks).toContain(
    'other numbers of the metrics file are gauges too: NAME there is ml_metrics_my_NAME',
  )
})

it.each([
  { argv: [], error: { exitStatus: 64, message: expect.stringMatching(/--collector FILE/) } },
  {
    argv: ['--collector', '/nowhere/collector.yaml'],
    error: {
      exitStatus: 78,
      message:
        "the Collector's configuration /nowhere/collector.yaml cannot be read (ENOENT): name a readable file",
    },
  },
])('$argv is refused', async ({ argv, error }) => {
  await expect(run(argv)).rejects.toMatchObject(error)
})

it('what is wrong in the configuration is told with its file', async () => {
  await using files = await prepared()
  await expect(run(['--collector', files.mapping])).rejects.toMatchObject({
    exitStatus: 78,
    message: expect.stringMatching(
      /^in the Collector's configuration .*mapping\.yaml: there is no 'service'/,
    ),
  })
  await expect(run(['--collector', files.collector], { STRATEGY: 'None' })).rejects.toMatchObject({
    exitStatus: 78,
    message: expect.stringMatching(/exporters\.prometheus\.translation_strategy is 'None', but accepted is /),
  })
  await expect(
    run(['--collector', files.collector, '--mapping', join(files.path, 'no.yaml')]),
  ).rejects.toMatchObject({ exitStatus: 78 })
})
