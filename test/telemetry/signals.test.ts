import { describe, expect, it } from 'vitest'
import { type Signal, signals } from '../../src/otlp/signals.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { destinationText, type Fallback, selectDestinations } from '../../src/telemetry/signals.ts'

/** The selection for an environment, or what was wrong with it. */
const select = async (env: Readonly<Record<string, string>>, fallback?: Fallback) => {
  const resolution = await resolveSettings({ argv: [], env }, ['telemetry'])
  if (!resolution.ok) return resolution.problems.map(({ message }) => message)
  return selectDestinations(resolution.settings, fallback)
}

const variable = (signal: Signal, name: string) => `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`

const endpoints = [
  { endpoint: 'none', env: () => ({}) },
  { endpoint: 'generic', env: () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:9' }) },
  { endpoint: 'own', env: (signal: Signal) => ({ [variable(signal, 'ENDPOINT')]: 'http://own:8/x' }) },
  {
    endpoint: 'own over generic',
    env: (signal: Signal) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:9',
      [variable(signal, 'ENDPOINT')]: 'http://own:8/x',
    }),
  },
  { endpoint: 'own, but blank', env: (signal: Signal) => ({ [variable(signal, 'ENDPOINT')]: '  ' }) },
]

const protocols = [
  { protocol: undefined, means: 'grpc' },
  { protocol: 'grpc', means: 'grpc' },
  { protocol: 'http', means: 'http/protobuf' },
  { protocol: 'http/protobuf', means: 'http/protobuf' },
  { protocol: 'GRPC', means: 'grpc' },
  { protocol: ' Http ', means: 'http/protobuf' },
  { protocol: '   ', means: 'grpc' },
  { protocol: 'http/json', means: 'wrong' },
  { protocol: 'udp', means: 'wrong' },
]

const exporters = [undefined, 'none', 'console', 'otlp', 'otlp,console', ' OTLP ']

const combinations = signals.flatMap((signal) =>
  endpoints.flatMap(({ endpoint, env }) =>
    protocols.flatMap(({ protocol, means }) =>
      [true, false].flatMap((isOwnProtocol) =>
        exporters.map((exporter) => ({ signal, endpoint, env, protocol, means, isOwnProtocol, exporter })),
      ),
    ),
  ),
)

/** What the table of the design says, written apart from the code under test. */
const expected = ({ signal, endpoint, means, exporter }: (typeof combinations)[number]) => {
  const isHttp = means === 'http/protobuf'
  const own = isHttp ? 'http://own:8/x' : 'http://own:8'
  const generic = isHttp ? `http://all:9/v1/${signal}` : 'http://all:9'
  const local = isHttp ? `http://localhost:4318/v1/${signal}` : 'http://localhost:4317'
  const isUnset = endpoint === 'none' || endpoint === 'own, but blank'
  const url = isUnset ? local : endpoint === 'generic' ? generic : own
  const names = exporter?.trim().toLowerCase() ?? (isUnset ? 'console' : 'otlp')
  if (names === 'none') return []
  return names
    .split(',')
    .map((name) => (name === 'otlp' ? { kind: 'otlp', protocol: means, url } : { kind: 'console' }))
}

describe(`all ${combinations.length} combinations of endpoint, protocol and exporter`, () => {
  it.each(signals)('select what the table says for %s', async (signal) => {
    for (const combination of combinations.filter((one) => one.signal === signal)) {
      const { env, protocol, isOwnProtocol, exporter, means } = combination
      const name = isOwnProtocol ? variable(signal, 'PROTOCOL') : 'OTEL_EXPORTER_OTLP_PROTOCOL'
      const all = {
        ...env(signal),
        ...(protocol !== undefined && { [name]: protocol }),
        ...(exporter !== undefined && { [`OTEL_${signal.toUpperCase()}_EXPORTER`]: exporter }),
      }
      const selected = await select(all)
      if (means === 'wrong') {
        expect(selected, JSON.stringify(all)).toEqual([
          `${name} is '${protocol}', but accepted is grpc, http or http/protobuf`,
        ])
      } else {
        const destinations = Array.isArray(selected) ? selected : selected[signal]
        expect(destinations, JSON.stringify(all)).toMatchObject(expected(combination))
        expect(destinations, JSON.stringify(all)).toHaveLength(expected(combination).length)
      }
    }
  })
})

it('lets each signal go its own way', async () => {
  const selected = await select({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:14357',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:14358/v1/metrics',
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http',
  })
  expect(selected).toMatchObject({
    traces: [{ kind: 'otlp', protocol: 'grpc', url: 'http://127.0.0.1:14357' }],
    metrics: [{ kind: 'otlp', protocol: 'http/protobuf', url: 'http://127.0.0.1:14358/v1/metrics' }],
    logs: [{ kind: 'console' }],
  })
})

it('takes the protocol of the signal before the one for all', async () => {
  const selected = await select({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http',
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc',
  })
  expect(selected).toMatchObject({ traces: [{ protocol: 'http/protobuf' }], logs: [{ protocol: 'grpc' }] })
})

describe('where the terminal is another’s', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://h:1' }
  it.each([
    { env: {}, traces: [], logs: [] },
    { env: endpoint, traces: [], logs: ['otlp'] },
    { env: { TASKBEAT_CONSOLE: 'text' }, traces: ['console'], logs: ['console'] },
    { env: { TASKBEAT_CONSOLE: 'json', ...endpoint }, traces: ['console'], logs: ['otlp'] },
    {
      env: { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' },
      traces: ['console'],
      logs: [],
    },
    { env: { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp' }, traces: ['otlp'], logs: [] },
    { env: { TASKBEAT_DEBUG: '1' }, traces: ['console'], logs: ['console'] },
    { env: { TASKBEAT_DEBUG: '1', ...endpoint }, traces: ['console'], logs: ['otlp', 'console'] },
    {
      env: { TASKBEAT_DEBUG: '1', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
      traces: [],
      logs: ['console'],
    },
    { env: { TASKBEAT_DEBUG: '1', OTEL_LOGS_EXPORTER: 'console' }, traces: ['console'], logs: ['console'] },
    { env: { TASKBEAT_DEBUG: '1', OTEL_SDK_DISABLED: '1', ...endpoint }, traces: [], logs: [] },
  ])('$env sends traces to $traces and logs to $logs', async ({ env, traces, logs }) => {
    const kinds = (names: readonly string[]) => names.map((kind) => expect.objectContaining({ kind }))
    expect(await select(env, 'nothing')).toEqual({
      traces: kinds(traces),
      metrics: kinds(traces),
      logs: kinds(logs),
    })
  })
})

it('sends everything to the console as well for debugging', async () => {
  const selected = await select({ TASKBEAT_DEBUG: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1' })
  const both = [{ kind: 'otlp' }, { kind: 'console' }]
  expect(selected).toMatchObject({ traces: both, metrics: both, logs: both })
})

it('sends nothing anywhere when the SDK is disabled', async () => {
  const env = { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1' }
  expect(await select(env)).toEqual({ traces: [], metrics: [], logs: [] })
})

describe('an endpoint as people write it', () => {
  it.each([
    { endpoint: 'otel-collector:4317', protocol: 'grpc', url: 'http://otel-collector:4317' },
    { endpoint: 'otel-collector:4318', protocol: 'http', url: 'http://otel-collector:4318/v1/traces' },
    { endpoint: 'otel-collector', protocol: 'grpc', url: 'http://otel-collector:4317' },
    { endpoint: 'otel-collector', protocol: 'http', url: 'http://otel-collector:4318/v1/traces' },
    { endpoint: 'localhost:4318', protocol: 'http', url: 'http://localhost:4318/v1/traces' },
    { endpoint: 'collector:9999?x=1', protocol: 'grpc', url: 'http://collector:9999' },
    { endpoint: 'collector:9999?x=1', protocol: 'http', url: 'http://collector:9999/v1/traces?x=1' },
    { endpoint: 'collector?x=:1', protocol: 'grpc', url: 'http://collector:4317' },
    { endpoint: 'collector/a:1', protocol: 'grpc', url: 'http://collector:4317' },
    { endpoint: '10.0.0.7', protocol: 'grpc', url: 'http://10.0.0.7:4317' },
    { endpoint: '[::1]:4317', protocol: 'grpc', url: 'http://[::1]:4317' },
    { endpoint: 'http://h', protocol: 'grpc', url: 'http://h:80' },
    { endpoint: 'http://h:80', protocol: 'grpc', url: 'http://h:80' },
    { endpoint: 'https://h', protocol: 'grpc', url: 'https://h:443' },
    { endpoint: 'HTTPS://H:4317/v1/traces', protocol: 'grpc', url: 'https://h:4317' },
    { endpoint: 'https://h', protocol: 'http', url: 'https://h/v1/traces' },
    { endpoint: 'http://h:4318/', protocol: 'http', url: 'http://h:4318/v1/traces' },
    { endpoint: 'http://h:4318/otlp//', protocol: 'http', url: 'http://h:4318/otlp/v1/traces' },
    { endpoint: 'http://h:4318/otlp?key=1', protocol: 'http', url: 'http://h:4318/otlp/v1/traces?key=1' },
    { endpoint: 'unix:///run/otel.sock', protocol: 'grpc', url: 'unix:///run/otel.sock' },
  ])('$endpoint with $protocol is $url', async ({ endpoint, protocol, url }) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
    expect(await select(env)).toMatchObject({ traces: [{ url }] })
  })

  it('without a scheme is TLS if insecure is false', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'h:4317', OTEL_EXPORTER_OTLP_INSECURE: 'false' }
    expect(await select(env)).toMatchObject({ logs: [{ url: 'https://h:4317' }] })
  })

  it('is refused if it is a unix socket and the protocol is http', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'unix:///run/otel.sock', OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }
    await expect(select(env)).rejects.toMatchObject({
      exitStatus: 78,
      message: expect.stringContaining('unix'),
    })
  })
})

it('merges headers, those of the signal winning', async () => {
  const selected = await select({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2',
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'b=3',
  })
  expect(selected).toMatchObject({
    traces: [{ headers: { a: '1', b: '2' } }],
    logs: [{ headers: { a: '1', b: '3' } }],
  })
})

it('shows a destination without what may be secret in it', () => {
  const tls = { certificate: undefined, clientKey: undefined, clientCertificate: undefined }
  const rest = { headers: { a: 'secret' }, timeoutMs: 1, compression: 'none', ...tls } as const
  const url = 'https://user:secret@h:4318/v1/logs?key=secret'
  expect(destinationText({ kind: 'otlp', protocol: 'http/protobuf', url, ...rest })).toBe(
    'https://h:4318/v1/logs (http/protobuf)',
  )
})
