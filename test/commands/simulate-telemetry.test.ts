import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Signal, signals } from '../../src/otlp/signals.ts'
import { type Receiver, startReceiver } from '../support/otlp-receiver.ts'
import { type Ended, runCli, startCli, temporaryDirectory } from '../support/run-cli.ts'

const quick = [
  'simulate',
  '--delay',
  '0',
  '--steps-per-result',
  '3',
  '--file-size',
  '8192',
  '--num-of-results',
  '3',
]

const protocols = ['grpc', 'http'] as const
const ways = [...protocols, undefined] as const
type Way = (typeof ways)[number]

/** The variables that NVCF injects for a signal. */
const injected = (receiver: Receiver, signal: Signal, way: Way): Record<string, string> => {
  if (way === undefined) return {}
  const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`
  const endpoint = way === 'grpc' ? receiver.grpcUrl : `${receiver.httpUrl}/v1/${signal}`
  return { [`${prefix}_PROTOCOL`]: way, [`${prefix}_ENDPOINT`]: endpoint }
}

/** What the closing summary says was emitted, by signal. */
const emitted = ({ stderr }: Ended, signal: Signal) =>
  Number(new RegExp(`^ {2}${signal} +(\\d+) `, 'm').exec(stderr)?.[1])

const consoleMark: Readonly<Record<Signal, RegExp>> = {
  traces: / span {4}/,
  metrics: / metric {2}/,
  logs: / log {5}/,
}

const mixes = ways.flatMap((traces) =>
  ways.flatMap((metrics) => ways.map((logs) => ({ traces, metrics, logs }))),
)

describe.concurrent('every mix of protocols', () => {
  it.each(mixes)(
    'traces $traces, metrics $metrics, logs $logs: each item arrives once, on its own way',
    async (mix) => {
      await using receiver = await startReceiver()
      await using dir = await temporaryDirectory()
      const env = Object.assign(
        { NVCT_RESULTS_DIR: dir.path, OTEL_SERVICE_NAME: 'mixed' },
        ...signals.map((signal) => injected(receiver, signal, mix[signal])),
      )
      const end = await runCli([...quick, '--drain', '60'], { env })
      expect(end.status).toBe(0)
      const { spans, points, logs, requests } = receiver.received
      const arrived = { traces: spans, metrics: points, logs }
      for (const signal of signals) {
        const way = mix[signal]
        expect(arrived[signal], signal).toHaveLength(way ? emitted(end, signal) : 0)
        expect(consoleMark[signal].test(end.stderr), signal).toBe(way === undefined)
        const transports = new Set(
          requests.filter((request) => request.signal === signal).map(({ transport }) => transport),
        )
        expect([...transports]).toEqual(way ? [way] : [])
      }
      for (const item of [...spans, ...points, ...logs]) expect(item.resource['service.name']).toBe('mixed')
      if (mix.metrics) {
        const value = (name: string) => points.find((point) => point.name === name)?.value
        expect(value('task_results_count')).toBe(3)
        expect(value('task_progress_gauge')).toBe(100)
        expect(value('taskbeat.training.steps')).toBe(9)
      }
    },
  )
})

describe('what arrives', () => {
  const run = async (more: Readonly<Record<string, string>> = {}) => {
    await using receiver = await startReceiver()
    await using dir = await temporaryDirectory()
    const env = { NVCT_RESULTS_DIR: dir.path, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl, ...more }
    const end = await runCli([...quick, '--file-size', '10000'], { env })
    expect(end.status).toBe(0)
    return { ...receiver.received, end }
  }

  it('is one trace: the task, its segments, its checkpoints, the sample’s spans in the sample’s scope', async () => {
    const { spans } = await run()
    const byId = new Map(spans.map((span) => [span.spanId, span]))
    const parentOf = (name: string) =>
      new Set(
        spans.filter((span) => span.name === name).map(({ parentSpanId }) => byId.get(parentSpanId)?.name),
      )
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(parentOf('create_file')).toEqual(new Set(['taskbeat.checkpoint']))
    expect(parentOf('taskbeat.checkpoint')).toEqual(new Set(['taskbeat.segment']))
    expect(parentOf('taskbeat.segment')).toEqual(new Set(['taskbeat.task']))
    const file = spans.find(({ name }) => name === 'create_file')
    expect(file).toMatchObject({
      scope: 'byoo',
      attributes: { 'file.size_bytes': 10_000, 'file.full_blocks': 2, 'file.remainder_bytes': 1808 },
    })
    expect(String(file?.attributes['file.name'])).toMatch(/output_result_0\/sample_file_0\.txt$/)
  })

  it('has the sample’s metrics with the sample’s types and units', async () => {
    const { points } = await run()
    const named = (name: string) => points.find((point) => point.name === name)
    expect(named('task_results_count')).toMatchObject({ kind: 'sum', unit: '1', scope: 'byoo', value: 3 })
    expect(named('task_progress_gauge')).toMatchObject({
      kind: 'gauge',
      unit: '%',
      scope: 'byoo',
      value: 100,
    })
    expect(named('taskbeat.checkpoint.duration')).toMatchObject({ kind: 'histogram', unit: 's', value: 3 })
  })

  it('has log records with severity, event name and the span that they belong to', async () => {
    const { logs, spans } = await run()
    const ids = new Set(spans.map(({ spanId }) => spanId))
    for (const log of logs) expect(ids).toContain(log.spanId)
    expect(logs.map(({ severity }) => severity)).toEqual(logs.map(() => 'INFO'))
    expect(
      logs.filter(({ eventName }) => eventName === 'taskbeat.checkpoint.saved').map(({ body }) => body),
    ).toEqual([
      'Output result: output_result_0, task progress: 33%',
      'Output result: output_result_1, task progress: 66%',
      'Output result: output_result_2, task progress: 100%',
    ])
  })

  it('has correlation keys on spans and records, and not on metrics', async () => {
    const { spans, logs, points } = await run({
      NVCT_TASK_ID: 't-9',
      TASKBEAT_RUN_ID: 'r-7',
      TASKBEAT_DWELL: '0',
    })
    const keys = { 'taskbeat.run_id': 'r-7', 'taskbeat.attempt': 1, 'taskbeat.task_id': 't-9' }
    for (const item of [...spans, ...logs]) expect(item.attributes).toMatchObject(keys)
    for (const point of points) expect(Object.keys(point.attributes).filter((key) => key in keys)).toEqual([])
  })

  it('says who sends, and nothing of the command line', async () => {
    const { spans } = await run({
      NVCT_TASK_ID: 't-9',
      NVCT_TASK_NAME: 'nightly',
      NVCT_NCA_ID: 'nca',
      NVCT_INSTANCE_ID: 'i-1',
      NVCF_REGION: 'eu-1',
      NVCF_ENV: 'prod',
      NVCF_INSTANCETYPE: 'H100',
      OTEL_RESOURCE_ATTRIBUTES: 'team=speech,cloud.region=mine',
      TASKBEAT_DWELL: '0',
    })
    const resource = spans[0]?.resource ?? {}
    expect(resource).toMatchObject({
      'service.name': 'nightly',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+$/),
      'service.instance.id': expect.any(String),
      'nvct.task.id': 't-9',
      'nvct.task.name': 'nightly',
      'nvct.nca.id': 'nca',
      'nvct.instance.id': 'i-1',
      'cloud.region': 'mine',
      'deployment.environment.name': 'prod',
      'host.type': 'H100',
      'host.name': expect.any(String),
      'os.type': 'linux',
      'process.pid': expect.any(Number),
      team: 'speech',
    })
    expect(JSON.stringify(resource)).not.toContain('--num-of-results')
  })

  it('is called what OTEL_SERVICE_NAME says, before OTEL_RESOURCE_ATTRIBUTES', async () => {
    const { spans } = await run({
      OTEL_SERVICE_NAME: 'named',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other',
    })
    expect(spans[0]?.resource['service.name']).toBe('named')
  })

  it('carries the headers, compressed if asked, and shows them nowhere', async () => {
    const secret = 'sk-very-secret'
    const { requests, end } = await run({
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${secret}`,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      TASKBEAT_CONSOLE: 'json',
    })
    for (const { headers } of requests) expect(headers['x-api-key']).toBe(secret)
    expect(end.stderr).not.toContain(secret)
  })
})

it('sends to the path of a generic HTTP endpoint with the signal’s path after it, gzipped', async () => {
  await using receiver = await startReceiver({ basePath: '/base' })
  await using dir = await temporaryDirectory()
  const env = {
    NVCT_RESULTS_DIR: dir.path,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.httpUrl.replace('http://', '')}/base/`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/protobuf',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  }
  const end = await runCli(quick, { env })
  const { requests, spans } = receiver.received
  expect(new Set(requests.map(({ path }) => path))).toEqual(
    new Set(['/base/v1/traces', '/base/v1/metrics', '/base/v1/logs']),
  )
  expect(requests.every(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(true)
  expect(spans).toHaveLength(emitted(end, 'traces'))
})

it('OTEL_<SIGNAL>_EXPORTER sends one signal to both places and another nowhere', async () => {
  await using receiver = await startReceiver()
  await using dir = await temporaryDirectory()
  const env = {
    NVCT_RESULTS_DIR: dir.path,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl,
    OTEL_TRACES_EXPORTER: 'otlp,console',
    OTEL_LOGS_EXPORTER: 'none',
  }
  const end = await runCli(quick, { env })
  const spans = emitted(end, 'traces')
  expect(end.stderr).toMatch(new RegExp(`traces +${spans} spans: ${spans} delivered to .*; ${spans} printed`))
  expect(end.stderr).toMatch(/logs +off/)
  expect(receiver.received.spans).toHaveLength(spans)
  expect(receiver.received.logs).toHaveLength(0)
})

it('OTEL_SDK_DISABLED leaves a task that runs and says nothing to any backend', async () => {
  await using receiver = await startReceiver()
  await using dir = await temporaryDirectory()
  const env = {
    NVCT_RESULTS_DIR: dir.path,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl,
    OTEL_SDK_DISABLED: 'true',
  }
  const end = await runCli(quick, { env })
  expect(end.status).toBe(0)
  expect(receiver.received.requests).toHaveLength(0)
  expect(end.stderr).not.toMatch(/ span {4}/)
})

describe('stopped at any moment, everything emitted is delivered', () => {
  const moments = [0, 150, 300, 450, 600, 900]
  it.each([
    // the first moment at which anybody can tell that it runs: telemetry is still being loaded
    ...protocols.map((way) => ({ after: 'the progress file', way, afterMs: 0 })),
    ...moments.flatMap((afterMs) => protocols.map((way) => ({ after: 'the first line', way, afterMs }))),
  ])('$afterMs ms after $after over $way', async ({ after, afterMs, way }) => {
    await using receiver = await startReceiver()
    await using dir = await temporaryDirectory()
    const env = Object.assign({}, ...signals.map((signal) => injected(receiver, signal, way)))
    const args = [
      'simulate',
      '--results-dir',
      dir.path,
      '--num-of-results',
      '500',
      '--delay',
      '0.0001',
      '--dwell',
      '0',
    ]
    await using running = startCli([...args, '--file-size', '8192', '--steps-per-result', '2'], { env })
    const { child, ended } = running
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    const appeared = () =>
      after === 'the progress file' ? existsSync(join(dir.path, 'progress')) : stderr.includes('attempt 1')
    while (!appeared()) await setTimeout(1)
    await setTimeout(afterMs)
    child.kill('SIGTERM')
    const end = await ended
    expect(end.status).toBe(143)
    expect(receiver.received.spans).toHaveLength(emitted(end, 'traces'))
    expect(receiver.received.logs).toHaveLength(emitted(end, 'logs'))
    const counts = receiver.received.points.filter(({ name }) => name === 'task_results_count')
    const saved = receiver.received.logs.filter(({ eventName }) => eventName === 'taskbeat.checkpoint.saved')
    expect(counts.at(-1)?.value ?? 0).toBe(saved.length)
  })
})

describe('without a collector', () => {
  it.each([
    { what: 'nobody listens', way: 'grpc' },
    { what: 'nobody listens', way: 'http' },
    { what: 'nobody answers', way: 'grpc' },
    { what: 'nobody answers', way: 'http' },
  ] as const)(
    '$what ($way): the task ends well, in bounded time, and says what it keeps',
    async ({ what, way }) => {
      await using dir = await temporaryDirectory()
      const silent = createServer(() => {})
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
      const address = silent.address()
      const port = typeof address === 'object' ? address?.port : 0
      if (what === 'nobody listens') await new Promise((resolve) => silent.close(resolve))
      const env = {
        NVCT_RESULTS_DIR: dir.path,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: way,
        TASKBEAT_DRAIN: '1',
      }
      const end = await runCli(quick, { env })
      silent.close()
      expect(end.status).toBe(0)
      const spans = emitted(end, 'traces')
      expect(end.stderr).toMatch(
        new RegExp(`traces +${spans} spans: 0 delivered to .*, ${spans} kept on disk`),
      )
      expect(end.stderr).toMatch(new RegExp(`${spans} spans, .* wait in ${dir.path}.*taskbeat replay`))
      expect(JSON.parse(await readFile(join(dir.path, 'progress'), 'utf8')).percentComplete).toBe(100)
    },
  )
})
