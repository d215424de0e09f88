import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/doctor/report.ts'
import { type Answer, openReceiver } from '../../src/emulator/receiver.ts'
import {
  checkUp,
  type Given,
  openPorts,
  type Ports,
  rightEnvironment,
  secret,
  withoutMachine,
} from '../doctor/check-up.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'

let ports: Ports

beforeAll(async () => {
  ports = await openPorts()
})

afterAll(() => ports[Symbol.asyncDispose]())

interface Where {
  /** Where the results go, and the process starts. */
  readonly directory: string
  /** @default the one of all tests */
  readonly grpc?: string
}

const doctor = async ({ args = [], env = {} }: Given, { directory, grpc = ports.grpc }: Where) => {
  const own = args.includes('--results-dir') ? [] : ['--results-dir', join(directory, 'results')]
  const environment = { ...rightEnvironment(grpc), ...env }
  const ended = await runCli(['doctor', ...own, ...args], { env: environment, cwd: directory })
  expect(ended.stdout + ended.stderr).not.toContain(secret)
  return ended
}

const reportOf = async ({ args = [], env = {} }: Given, where: Where) => {
  const { stdout, stderr, status } = await doctor({ args: ['--json', ...args], env }, where)
  expect(stderr).toBe('')
  const report: Report = JSON.parse(stdout)
  return { ...report, status, found: withoutMachine(report.findings) }
}

const ofSignals = (http: string) =>
  Object.fromEntries(
    ['TRACES', 'METRICS', 'LOGS'].flatMap((signal) => [
      [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, `${http}/v1/${signal.toLowerCase()}`],
      [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'http'],
    ]),
  )

const right: readonly { title: string; given: (place: Ports & { path: string }) => Given }[] = [
  { title: 'over gRPC', given: () => ({}) },
  {
    title: 'over HTTP',
    given: ({ http }) => ({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: http, OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
    }),
  },
  { title: 'over HTTP, an endpoint for each signal', given: ({ http }) => ({ env: ofSignals(http) }) },
  {
    title: 'of a task on the platform',
    given: ({ path, health }) => ({
      args: ['--results-dir', path],
      env: {
        ...{ NVCT_TASK_ID: 't1', NVCT_NCA_ID: 'n', NVCT_RESULTS_DIR: path },
        NVCT_PROGRESS_FILE_PATH: join(path, 'progress'),
        OTEL_HEALTH_CHECK_ENDPOINT: health,
      },
    }),
  },
  {
    title: 'over TLS, with a command that is there',
    given: ({ tls, path }) => ({
      args: ['--', 'sh', '-c', 'train'],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: tls, OTEL_EXPORTER_OTLP_CERTIFICATE: join(path, 'ca.pem') },
    }),
  },
]

describe('of a right configuration nothing is found', () => {
  it.each(right)('$title', async ({ given }) => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    await writeFile(join(path, 'ca.pem'), ports.cert)
    const { found, status, canaries } = await reportOf(given({ ...ports, path }), { directory: path })
    expect(found).toEqual([])
    expect(canaries.map(({ signal, outcome }) => [signal, outcome])).toEqual([
      ['traces', 'delivered'],
      ['metrics', 'delivered'],
      ['logs', 'delivered'],
    ])
    expect(status).toBe(0)
    // nothing is left, and nothing is made that was not there
    expect(await readdir(path)).toEqual(['ca.pem'])
  })

  it('with results behind a link', async () => {
    await using directory = await temporaryDirectory()
    await mkdir(join(directory.path, 'real'))
    await symlink('real', join(directory.path, 'results'))
    expect((await reportOf({}, { directory: directory.path })).found).toEqual([])
  })
})

it('canaries are marked, of the service, and of the scope taskbeat', async () => {
  await using own = await startReceiver()
  await using directory = await temporaryDirectory()
  const where = { directory: directory.path, grpc: own.grpcUrl }
  expect((await reportOf({}, where)).status).toBe(0)
  const { spans, points, logs } = own.received
  const items = [...spans, ...points, ...logs]
  expect(items).toHaveLength(3)
  for (const { attributes, scope, resource } of items) {
    expect(attributes).toEqual({ 'taskbeat.canary': true })
    expect(scope).toBe('taskbeat')
    expect(resource).toMatchObject({ 'service.name': 'llama' })
  }
  expect([spans[0]?.name, points[0]?.name, logs[0]?.eventName]).toEqual(Array(3).fill('taskbeat.canary'))
})

it('without canaries nothing is sent, and ports are looked at all the same', async () => {
  await using own = await startReceiver()
  await using directory = await temporaryDirectory()
  const where = { directory: directory.path, grpc: own.grpcUrl }
  const report = await reportOf({ args: ['--no-canary'] }, where)
  expect(report).toMatchObject({ status: 0, canaries: [], found: [] })
  const wrong = await reportOf({ args: ['--no-canary', '--endpoint', own.httpUrl] }, where)
  expect(wrong).toMatchObject({ status: 1, found: [{ id: 'protocol-grpc-at-http' }] })
  expect(own.received).toMatchObject({ spans: [], points: [], logs: [] })
})

describe('what a collector answers to canaries is explained', () => {
  const refuse = (httpStatus: number, grpcStatus: number, message: string): Answer => ({
    ...{ kind: 'refuse', httpStatus, grpcStatus, message },
  })
  const partial = (rejectedItems: number, message: string): Answer => ({
    ...{ kind: 'partial', rejectedItems, message },
  })
  const answers: readonly { id: string; answer: Answer; says: string }[] = [
    { id: 'canary-unauthorised', answer: refuse(401, 16, 'no such key'), says: 'no such key' },
    { id: 'canary-rejected', answer: partial(1, 'too old'), says: 'too old' },
    { id: 'canary-remarked', answer: partial(0, 'soon to be gone'), says: 'soon to be gone' },
    { id: 'canary-put-off', answer: refuse(503, 14, 'busy'), says: 'busy' },
    { id: 'canary-refused', answer: refuse(400, 3, 'no OTLP'), says: 'no OTLP' },
  ]
  const cases = answers.flatMap((one) => ['grpc', 'http'].map((protocol) => ({ ...one, protocol })))
  it.each(cases)('$id over $protocol', async ({ id, answer, says, protocol }) => {
    await using own = await openReceiver({ keepItems: true, decide: () => answer })
    await using directory = await temporaryDirectory()
    const url = protocol === 'grpc' ? own.grpcUrl : own.httpUrl
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
    const { found } = await checkUp({ env }, { grpc: ports.grpc, directory: directory.path })
    expect(found.map((finding) => finding.id)).toEqual([id])
    expect(found[0]?.seen).toContain(says)
    expect(found[0]?.seen).toMatch(/spans .*points .*records /)
  })
})

describe('the report', () => {
  it('tells people where settings come from, and what beats what', async () => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    await writeFile(join(path, 'taskbeat.yaml'), 'telemetry: {serviceName: of-file}\nstallMs: 5m\n')
    const { stdout, status } = await doctor({ args: ['--service-name', 'of-flag'] }, { directory: path })
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /serviceName +of-flag +--service-name, before OTEL_SERVICE_NAME, telemetry\.serviceName in taskbeat\.yaml/,
    )
    expect(stdout).toMatch(/stallMs +300000 +stallMs in taskbeat\.yaml/)
    expect(stdout).toMatch(/otlpHeaders +\(hidden\) +OTEL_EXPORTER_OTLP_HEADERS/)
    expect(stdout).toMatch(/\d+ more at their defaults/)
    expect(stdout).not.toContain('heartbeatSeconds')
    expect(stdout).toMatch(/traces +http:\/\/127\.0\.0\.1:\d+ \(grpc\) +delivered after \d+ ms/)
  })

  it('lists defaults to who asks, and hides secrets there too', async () => {
    await using directory = await temporaryDirectory()
    const where = { directory: directory.path }
    const endpoint = ports.closed.replace('//', `//me:${secret}@`)
    const args = ['--defaults', '--endpoint', `${endpoint}/?token=${secret}`]
    const { settings, defaults } = await reportOf({ args }, where)
    expect(defaults).toBe(0)
    expect(settings).toContainEqual({ field: 'heartbeatSeconds', value: '60', beats: [] })
    const { stdout } = await doctor({ args }, where)
    expect(stdout).toMatch(/heartbeatSeconds +60 +default/)
    expect(stdout).toContain('ERROR    collector-unreachable')
    expect(stdout).toMatch(/remedy: start the collector/)
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^1 error\b.*\.$/)
  })
})

it.each([
  { args: [], title: 'as it is' },
  { args: ['--defaults'], title: 'with defaults' },
])('values that are secret by their names are hidden in baggage and attributes, $title', async ({ args }) => {
  await using directory = await temporaryDirectory()
  const env = {
    BAGGAGE: `userid=a,token=${secret};p=1,%74oken=${secret}`,
    OTEL_RESOURCE_ATTRIBUTES: `a=b,db.password=${secret}`,
  }
  const given = { args: ['--no-canary', ...args], env }
  const { settings } = await reportOf(given, { directory: directory.path })
  const shown = Object.fromEntries(settings.map(({ field, value }) => [field, value]))
  expect(shown).toMatchObject({
    outerBaggage: 'userid=a,token=[redacted];p=1,%74oken=[redacted]',
    resourceAttributes: 'a=b, db.password=[redacted]',
  })
})

it('what the environment does to the libraries below is seen: a proxy, a zone that is nowhere', async () => {
  await using directory = await temporaryDirectory()
  const env = { http_proxy: ports.closed.replace('//', `//me:${secret}@`), TZ: 'Mars/Phobos' }
  const { found, status } = await reportOf({ env }, { directory: directory.path })
  expect(status).toBe(1)
  expect(found.map(({ id }) => id)).toEqual(['proxy-stops-canary', 'timezone-unknown'])
})

it('wrong values in the environment and the file are findings, all of them', async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, 'taskbeat.yaml'), 'heartbeatSeconds: often\n')
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'pigeon', OTEL_EXPORTER_OTLP_LOGS_HEADERS: `Bearer ${secret}` }
  const { found, status } = await reportOf({ env }, { directory: directory.path })
  expect(found.map(({ id, seen }) => [id, seen.split(',')[0]])).toEqual([
    ['setting-invalid', "heartbeatSeconds in taskbeat.yaml is 'often'"],
    ['setting-invalid', "OTEL_EXPORTER_OTLP_PROTOCOL is 'pigeon'"],
    ['setting-invalid', 'OTEL_EXPORTER_OTLP_LOGS_HEADERS is (hidden)'],
  ])
  expect(status).toBe(1)
})

it.each([
  { args: ['--colour'], status: 64, says: 'unknown option --colour' },
  { args: ['--drain', 'soon'], status: 64, says: '--drain' },
  { args: ['--config', '/no/such.yaml'], status: 78, says: '/no/such.yaml' },
])('$args ends it with $status', async ({ args, status, says }) => {
  await using directory = await temporaryDirectory()
  const ended = await doctor({ args }, { directory: directory.path })
  expect(ended).toMatchObject({ status, stdout: '' })
  expect(ended.stderr).toContain(says)
})
