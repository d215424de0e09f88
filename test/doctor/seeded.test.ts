import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/run-cli.ts'
import { checkUp, type Given, openPorts, type Ports, secret } from './check-up.ts'

let ports: Ports

beforeAll(async () => {
  ports = await openPorts()
})

afterAll(() => ports[Symbol.asyncDispose]())

interface Place extends Ports {
  /** A directory of the test, and in it that of the results, which is not made. */
  readonly path: string
  readonly results: string
}

interface Case {
  readonly title: string
  readonly given: (place: Place) => Given
  /** What is done to the directory before. */
  readonly before?: (place: Place) => Promise<unknown>
  /** Ids with what their text has to name. */
  readonly finds: Readonly<Record<string, string>>
}

const endpoint = (url: string, more: Readonly<Record<string, string>> = {}): Given => ({
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more },
})

const writeProgress =
  (text: string) =>
  async ({ results }: Place) => {
    await mkdir(results)
    await writeFile(join(results, 'progress'), text)
  }

const document = (more: object) =>
  JSON.stringify({
    taskId: 't1',
    percentComplete: 10,
    name: 'a',
    lastUpdatedAt: '2026-11-20T15:04:05.123Z',
    ...more,
  })

const seeded: readonly Case[] = [
  {
    title: 'letters of a variable that have changed places',
    given: () => ({ env: { OTEL_EXPORTER_OLTP_ENDPOINT: secret, OTLP_ENDPONIT: secret } }),
    finds: {
      'variable-misspelt': 'OTEL_EXPORTER_OLTP_ENDPOINT is set; meant is OTEL_EXPORTER_OTLP_ENDPOINT',
    },
  },
  {
    title: 'a variable that nobody knows',
    given: () => ({ env: { TASKBEAT_COLOUR_OF_THE_BIKE_SHED: 'red' } }),
    finds: { 'variable-unknown': 'TASKBEAT_COLOUR_OF_THE_BIKE_SHED' },
  },
  {
    title: 'a variable of the specification that is not read',
    given: () => ({ env: { OTEL_TRACES_SAMPLER: 'always_off', OTEL_PYTHON_LOG_LEVEL: 'x' } }),
    finds: { 'variable-ignored': 'OTEL_TRACES_SAMPLER: ' },
  },
  {
    title: 'wrong values, all of them',
    given: () => ({ env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier-pigeon', TASKBEAT_DRAIN: 'soon' } }),
    finds: { 'setting-invalid': "OTEL_EXPORTER_OTLP_PROTOCOL is 'carrier-pigeon'" },
  },
  {
    title: 'headers that are none',
    given: () => ({ env: { OTEL_EXPORTER_OTLP_HEADERS: `Authorization: Bearer ${secret}` } }),
    finds: { 'setting-invalid': 'OTEL_EXPORTER_OTLP_HEADERS is (hidden)' },
  },
  {
    title: 'headers in quotes',
    given: () => ({ env: { OTEL_EXPORTER_OTLP_HEADERS: `'api-key=${secret}'` } }),
    finds: { 'headers-quoted': 'OTEL_EXPORTER_OTLP_HEADERS' },
  },
  {
    title: 'a key of the file that is none',
    before: ({ path }) => writeFile(join(path, 'taskbeat.yaml'), 'telemetry: {endpiont: http://h:1}\n'),
    given: ({ path }) => ({ args: ['--config', join(path, 'taskbeat.yaml')] }),
    finds: { 'setting-invalid': "unknown setting 'telemetry.endpiont'" },
  },
  {
    title: 'an exporter that leaves an endpoint out',
    given: ({ grpc }) => ({
      env: { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: grpc },
    }),
    finds: { 'exporter-ignores-endpoint': 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' },
  },
  {
    title: 'telemetry that is switched off',
    given: () => ({ env: { OTEL_SDK_DISABLED: 'true' } }),
    finds: { 'sdk-disabled': 'OTEL_EXPORTER_OTLP_ENDPOINT' },
  },
  {
    title: 'an endpoint for one signal only',
    given: ({ grpc }) => endpoint('', { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: grpc }),
    finds: { 'endpoint-missing': 'traces, metrics go nowhere' },
  },
  {
    title: 'an endpoint of traces without its path',
    given: ({ http }) => ({
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: http, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http' },
    }),
    finds: { 'endpoint-no-path': 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'canary-no-path': 'HTTP 404' },
  },
  {
    title: 'an endpoint for all signals with the path of one',
    given: ({ http }) => endpoint(`${http}/v1/traces`, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }),
    finds: { 'endpoint-path-twice': '/v1/traces/v1/traces', 'canary-no-path': 'HTTP 404' },
  },
  {
    title: 'the path of another signal',
    given: ({ http }) => ({
      env: {
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${http}/v1/metrics`,
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http',
      },
    }),
    finds: { 'endpoint-path-of-other-signal': 'it is for logs', 'canary-refused': 'HTTP 400' },
  },
  {
    title: 'a value that nobody has put in',
    given: () => endpoint('http://$(HOST_IP):4317'),
    finds: { 'endpoint-placeholder': '$(HOST_IP)', 'collector-unreachable': '$(host_ip)' },
  },
  {
    title: 'an endpoint without a scheme',
    given: ({ grpc }) => endpoint(grpc.replace('http://', '')),
    finds: { 'endpoint-no-scheme': 'OTEL_EXPORTER_OTLP_ENDPOINT' },
  },
  {
    title: 'gRPC at a port that is for HTTP by custom, where nobody is, with a password',
    given: () => endpoint(`http://user:${secret}@collector.invalid:4318`),
    finds: {
      'protocol-port': 'collector.invalid:4318',
      'collector-unreachable': 'http://collector.invalid:4318',
    },
  },
  {
    title: 'gRPC at a port that speaks HTTP/1.1',
    given: ({ http }) => endpoint(http),
    finds: { 'protocol-grpc-at-http': 'speaks HTTP/1.1 only' },
  },
  {
    title: 'HTTP at a port that speaks gRPC',
    given: ({ grpc }) => endpoint(grpc, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }),
    finds: { 'protocol-http-at-grpc': 'speaks HTTP/2 only' },
  },
  {
    title: 'https to a port without TLS',
    given: ({ grpc }) => endpoint(grpc.replace('http:', 'https:')),
    finds: { 'scheme-https-plain': 'https://127.0.0.1' },
  },
  {
    title: 'http to a port with TLS',
    given: ({ tls: url }) => endpoint(url.replace('https:', 'http:')),
    finds: { 'scheme-http-tls': 'http://localhost' },
  },
  {
    title: 'a certificate that nobody here trusts',
    given: ({ tls: url }) => endpoint(url),
    finds: { 'certificate-refused': 'https://localhost' },
  },
  {
    title: 'nobody at the port',
    given: ({ closed }) => endpoint(closed),
    finds: { 'collector-unreachable': 'ECONNREFUSED' },
  },
  {
    title: 'certificates that are not there, and of no use',
    given: ({ path }) => ({ env: { OTEL_EXPORTER_OTLP_CERTIFICATE: join(path, 'ca.pem') } }),
    finds: { 'tls-file': 'ca.pem', 'tls-unused': 'OTEL_EXPORTER_OTLP_CERTIFICATE' },
  },
  {
    title: 'half of what mTLS takes',
    given: ({ path }) => ({ env: { OTEL_EXPORTER_OTLP_CLIENT_KEY: join(path, 'key.pem') } }),
    finds: { 'tls-file': 'CLIENT_KEY is set alone', 'tls-unused': 'OTEL_EXPORTER_OTLP_CLIENT_KEY' },
  },
  {
    title: 'a certificate that is none',
    before: ({ path }) =>
      writeFile(join(path, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n'),
    given: ({ path, tls: url }) => endpoint(url, { OTEL_EXPORTER_OTLP_CERTIFICATE: join(path, 'ca.pem') }),
    finds: { 'tls-file': 'ca.pem', 'certificate-refused': 'https://localhost' },
  },
  {
    title: 'a proxy in the way',
    given: ({ closed }) => ({ env: { http_proxy: closed.replace('//', `//me:${secret}@`) } }),
    finds: { 'proxy-captures-endpoint': 'http_proxy' },
  },
  {
    title: 'seconds where milliseconds are meant',
    given: () => ({ env: { OTEL_METRIC_EXPORT_INTERVAL: '60' } }),
    finds: {
      'interval-odd': 'OTEL_METRIC_EXPORT_INTERVAL is 60',
    },
  },
  {
    title: 'half of what the platform sets',
    given: () => ({ env: { NVCT_TASK_ID: 't1' } }),
    finds: { 'nvct-half-set': 'NVCT_RESULTS_DIR, NVCT_PROGRESS_FILE_PATH is not' },
  },
  {
    title: 'a progress file of the platform without a task',
    given: ({ results }) => ({
      env: { NVCT_RESULTS_DIR: results, NVCT_PROGRESS_FILE_PATH: join(results, 'progress') },
    }),
    finds: { 'nvct-task-id-missing': 'NVCT_RESULTS_DIR, NVCT_PROGRESS_FILE_PATH is set' },
  },
  {
    title: 'a file where the results directory should be',
    before: ({ results }) => writeFile(results, ''),
    given: () => ({}),
    finds: { 'results-unwritable': 'ENOTDIR' },
  },
  {
    title: 'a results directory where nobody can make one',
    given: () => ({ args: ['--results-dir', '/proc/results'] }),
    finds: { 'results-unwritable': '/proc' },
  },
  {
    title: 'a progress file elsewhere',
    given: ({ path }) => ({ args: ['--progress-file', join(path, 'progress')] }),
    finds: { 'progress-outside': '--progress-file' },
  },
  {
    title: 'a progress file where nobody can write',
    given: () => ({ args: ['--progress-file', '/proc/progress'] }),
    finds: { 'progress-outside': '/proc/progress', 'progress-unwritable': '/proc/progress' },
  },
  {
    title: 'a directory in the place of the progress file',
    before: ({ results }) => mkdir(join(results, 'progress'), { recursive: true }),
    given: () => ({}),
    finds: { 'progress-unwritable': 'EISDIR' },
  },
  {
    title: 'a progress file of another task',
    before: writeProgress(document({})),
    given: ({ results }) => ({
      env: {
        NVCT_TASK_ID: 't2',
        NVCT_RESULTS_DIR: results,
        NVCT_PROGRESS_FILE_PATH: join(results, 'progress'),
      },
    }),
    finds: { 'progress-foreign': 'is of the task t1, and this is t2' },
  },
  {
    title: 'a progress file that the worker would not take',
    before: writeProgress(document({ percentComplete: '10' })),
    given: () => ({}),
    finds: { 'progress-refused': 'invalid schema of progress file' },
  },
  {
    title: 'a progress file that says that all is done',
    before: writeProgress(document({ percentComplete: 100 })),
    given: () => ({}),
    finds: { 'progress-complete': 'says 100' },
  },
  {
    title: 'checkpoints that the pattern does not match',
    before: ({ results }) => mkdir(join(results, 'ckpt-1'), { recursive: true }),
    given: () => ({ args: ['--checkpoints', 'checkpoint-*'] }),
    finds: { 'checkpoints-nothing': "'checkpoint-*' matches none of 'ckpt-1'" },
  },
  {
    title: 'a fresh volume, where there are no checkpoints yet',
    before: async ({ results }) => {
      await mkdir(join(results, 'lost+found'), { recursive: true })
      await mkdir(join(results, '.cache'))
    },
    given: () => ({ args: ['--checkpoints', 'checkpoint-*'] }),
    finds: {},
  },
  {
    title: 'a file that has nothing to do with checkpoints',
    before: async ({ results }) => {
      await mkdir(results)
      await writeFile(join(results, 'README'), '')
    },
    given: () => ({ args: ['--checkpoints', 'checkpoint-*'] }),
    finds: { 'checkpoints-nothing-yet': "matches none of 'README'" },
  },
  {
    title: 'a pattern that matches the progress file',
    before: writeProgress(document({})),
    given: () => ({ args: ['--checkpoints', '*'] }),
    finds: { 'checkpoints-match-progress': "'*' matches the progress file" },
  },
  {
    title: 'a pattern that leads out',
    given: () => ({ args: ['--checkpoints', '../other/*'] }),
    finds: { 'checkpoints-invalid': '../other/*' },
  },
  {
    title: 'a file where the spool should be',
    before: ({ path }) => writeFile(join(path, 'spool'), ''),
    given: ({ path }) => ({ args: ['--spool-dir', join(path, 'spool')] }),
    finds: { 'spool-unwritable': '--spool-dir' },
  },
  {
    title: 'a collector that is not well, with a clock of its own',
    given: ({ late: url }) => ({ env: { OTEL_HEALTH_CHECK_ENDPOINT: `${url}/health` } }),
    finds: { 'clock-skew': '3600 s behind ours' },
  },
  {
    title: 'nobody who tells of the health',
    given: ({ closed }) => ({ env: { OTEL_HEALTH_CHECK_ENDPOINT: `${closed}/health?token=${secret}` } }),
    finds: { 'collector-unhealthy': 'OTEL_HEALTH_CHECK_ENDPOINT' },
  },
  {
    title: 'a command that is not there',
    given: () => ({ args: ['--', 'pyhton', 'train.py'] }),
    finds: { 'command-missing': "'pyhton'" },
  },
  {
    title: 'a command that may not be executed',
    before: ({ path }) => writeFile(join(path, 'train.sh'), '#!/bin/sh\n', { mode: 0o644 }),
    given: ({ path }) => ({ args: ['--', join(path, 'train.sh')] }),
    finds: { 'command-not-executable': 'train.sh' },
  },
  {
    title: 'a trace that is none',
    given: () => ({ env: { TRACEPARENT: '00-1-2-3' } }),
    finds: { 'traceparent-invalid': '00-1-2-3' },
  },
]

it('there are more than twenty', () => {
  expect(seeded.length).toBeGreaterThan(20)
})

it.each(seeded)('finds $title', async ({ given, before, finds }) => {
  await using directory = await temporaryDirectory()
  const { path } = directory
  const place = { ...ports, path, results: join(path, 'results') }
  await before?.(place)
  const { found, text, status } = await checkUp(given(place), { grpc: ports.grpc, directory: path })
  for (const [id, words] of Object.entries(finds)) {
    const seen = found.filter((finding) => finding.id === id).map((finding) => finding.seen)
    expect(seen, text).toEqual(expect.arrayContaining([expect.stringContaining(words)]))
  }
  expect([...new Set(found.map(({ id }) => id))].toSorted()).toEqual(Object.keys(finds).toSorted())
  expect(status).toBe(found.some(({ severity }) => severity === 'error') ? 1 : 0)
  expect(text).not.toContain(secret)
})
