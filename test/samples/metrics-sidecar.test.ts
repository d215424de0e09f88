import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import yaml from 'yaml'
import { readRecord } from '../../src/bridge/convert/read-record.ts'
import { parseMapping } from '../../src/bridge/mapping/parse-mapping.ts'
import { parseJson } from '../../src/bridge/reading/parse-json.ts'
import { isJsonObject } from '../../src/json.ts'

const sample = 'samples/metrics-sidecar'

/** What Prometheus knows of a metric. */
interface Known {
  readonly value: string
  readonly ageSeconds: number
  readonly labels: Readonly<Record<string, string>>
}

const labels = {
  ...{ job_id: 'training-job-123', model_name: 'resnet-50', dataset: 'imagenet' },
  exported_job: 'ml-training/bridge',
}
const values: Readonly<Record<string, string>> = {
  loss: '0.342',
  validation_loss: '0.389',
  accuracy: '0.876',
  learning_rate: '0.001',
  gpu_utilization: '0.94',
  current_epoch: '5',
  current_batch: '150',
  batch_number_total: '2150',
  epoch_total: '5',
  processing_time_ms_count: '7',
  processing_time_ms_sum: '1715',
  'processing_time_ms_bucket{le="+Inf"}': '7',
  samples_per_second_count: '7',
  samples_per_second_sum: '1093.4',
  'samples_per_second_bucket{le="+Inf"}': '7',
}
type World = Map<string, Known>
const everything = (): World =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value, ageSeconds: 12.5, labels }]))

/** Answers as Prometheus would in that world, and for the health of the Collector. */
const serve = async (world: World, health: number) => {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (pathname === '/health') return response.writeHead(health).end()
    const query = searchParams.get('query') ?? ''
    const [, inner] = /^time\(\) - timestamp\((.*)\)$/.exec(query) ?? []
    const found = world.get((inner ?? query).replace('ml_metrics_ml_training_', ''))
    const name = inner === undefined ? { __name__: query } : {}
    const result = found
      ? [{ metric: { ...name, ...found.labels }, value: [0, inner ? String(found.ageSeconds) : found.value] }]
      : []
    return response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, [Symbol.dispose]: () => server.close() }
}

const verify = (environment: Readonly<Record<string, string>>) =>
  new Promise<{ status: number; table: string }>((resolve) => {
    const env = { ...process.env, WAIT: '0', ...environment }
    const child = execFile(process.execPath, [`${sample}/verify.mjs`], { env }, (_, table) =>
      resolve({ status: child.exitCode ?? -1, table }),
    )
  })

const set =
  (name: string, change: Partial<Known>) =>
  (world: World): void => {
    world.set(name, { value: '', ageSeconds: 1, labels, ...world.get(name), ...change })
  }
const { dataset, ...withoutDataset } = labels

interface Case {
  readonly change?: (world: World) => unknown
  readonly health?: number
  readonly env?: Readonly<Record<string, string>>
  readonly status: number
  readonly line: RegExp
}

const leaveSuffixesAway = (world: World) => {
  for (const name of ['batch_number', 'epoch']) {
    set(name, { value: '5' })(world)
    world.delete(`${name}_total`)
  }
}
const cases: Readonly<Record<string, Case>> = {
  'everything is there': {
    status: 0,
    line: /training_loss +0\.342 +job_id=training-job-123 .* 12\.5 s +ok\n/,
  },
  'suffixes are left away': { change: leaveSuffixesAway, status: 0, line: /training_epoch +5 / },
  'a loss is NaN': { change: set('loss', { value: 'NaN' }), status: 0, line: /training_loss +NaN .*ok\n/ },
  'a metric is missing': {
    change: (world) => world.delete('learning_rate'),
    ...{ status: 1, line: /learning_rate +missing\n/ },
  },
  'a histogram has no buckets': {
    change: (world) => world.delete('processing_time_ms_bucket{le="+Inf"}'),
    ...{ status: 1, line: /processing_time_ms_bucket\S+ +missing\n/ },
  },
  'a label is missing': {
    change: set('accuracy', { labels: withoutDataset }),
    ...{ status: 1, line: /accuracy .*no dataset\n/ },
  },
  'a label has another value than asked for': {
    env: { LABELS: 'job_id=other' },
    ...{ status: 1, line: /no job_id=other/ },
  },
  'a value is old': {
    change: set('loss', { ageSeconds: 61 }),
    ...{ status: 1, line: /training_loss .* 61\.0 s +stale\n/ },
  },
  'a value cannot be': {
    change: set('accuracy', { value: '1.2' }),
    ...{ status: 1, line: /accuracy .*wrong value\n/ },
  },
  'the Collector is not well': { health: 503, status: 1, line: /health of the Collector +503 .*missing\n/ },
  'nobody answers': { env: { PROMETHEUS_URL: 'http://127.0.0.1:1' }, status: 1, line: /no answer \(/ },
}

it.each(Object.entries(cases))('verify where %s', async (_, one) => {
  const { change = () => {}, health = 200, env = {}, status, line } = one
  const world = everything()
  change(world)
  using server = await serve(world, health)
  const result = await verify({
    ...{ PROMETHEUS_URL: server.url, COLLECTOR_HEALTH_URL: `${server.url}/health`, ...env },
  })
  expect(result.table).toMatch(line)
  expect(result.table).toMatch(status === 0 ? /all there\n$/ : /are not as they should be\n$/)
  expect(result.status).toBe(status)
})

it('the mapping in docs/bridge.md is one, and reads the file beside it', () => {
  const blocks = [...readFileSync('docs/bridge.md', 'utf8').matchAll(/```(yaml|json)\n(.*?)```/gs)]
  const at = blocks.findIndex(([, language]) => language === 'yaml')
  const parsed = parseMapping(blocks[at]?.[2] ?? '')
  if (!('mapping' in parsed)) throw new Error(parsed.problems.join('\n'))
  const document = parseJson(blocks[at + 1]?.[2] ?? '')
  if (!isJsonObject(document)) throw new Error('no file beside it')
  const { record, troubles } = readRecord(parsed.mapping, { document, identity: '', writtenAtMs: 0 })
  expect(record.instruments.map(({ value }) => value)).toEqual([Number.NaN, 0.5, 12, 0.21])
  expect(record.others).toEqual([
    { name: 'train.extra.grad_norm', value: 1.5 },
    { name: 'train.extra.lr.head', value: 0.1 },
  ])
  expect(record.timestampMs).toBe(1_790_000_000_500)
  expect(troubles.map(({ kind }) => kind)).toEqual(['not-finite'])
})

it('bridge and Collector are configured alike under Docker Compose and on Kubernetes', () => {
  const { services } = yaml.parse(readFileSync(`${sample}/compose.yaml`, 'utf8'), { merge: true })
  const [configMap] = yaml.parseAllDocuments(readFileSync(`${sample}/k8s/ml-training-job.yaml`, 'utf8'))
  const { data } = configMap?.toJS() ?? {}
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME', 'METRICS_FILE_PATH'])
    expect(data[name]).toBe(services.bridge.environment[name])
})
