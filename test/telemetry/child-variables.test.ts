import { describe, expect, it } from 'vitest'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { childVariables } from '../../src/telemetry/child-variables.ts'
import { correlationKeysOf } from '../../src/telemetry/correlation.ts'
import { selectDestinations } from '../../src/telemetry/signals.ts'

interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly argv?: readonly string[]
  readonly file?: Readonly<Record<string, unknown>>
}

const resolved = async ({ env = {}, argv = [], file = {} }: Given) => {
  const sources = { argv, env, file: { name: 'taskbeat.yaml', values: file } }
  const resolution = await resolveSettings(sources, ['progress', 'supervision', 'telemetry', 'platform'])
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('; '))
  return resolution.settings
}

/** What a child's SDK is told beside what is in our environment. */
const told = async (given: Given) => {
  const settings = await resolved(given)
  return childVariables({
    environment: given.env ?? {},
    settings,
    destinations: selectDestinations(settings, 'nothing'),
    keys: correlationKeysOf(settings, { runId: 'run 1', attempt: 2 }),
  })
}

/** Without the keys, which are always there. */
const toldOfPlaces = async (given: Given) => {
  const { BAGGAGE, OTEL_RESOURCE_ATTRIBUTES, ...places } = await told(given)
  return places
}

const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const protocol = 'OTEL_EXPORTER_OTLP_PROTOCOL'
const keys = 'taskbeat.run_id=run%201,taskbeat.attempt=2'

describe('where to send', () => {
  it.each([
    { what: 'nothing is known', given: {}, variables: {} },
    {
      what: 'a flag says it',
      given: { argv: ['--endpoint', 'http://c:4317'] },
      variables: { [endpoint]: 'http://c:4317', [protocol]: 'grpc' },
    },
    {
      what: 'a flag says it without scheme and port',
      given: { argv: ['--endpoint', 'c', '--protocol', 'http'] },
      variables: { [endpoint]: 'http://c:4318', [protocol]: 'http/protobuf' },
    },
    {
      what: 'the file says it, with all that belongs to it, but for what other SDKs read as seconds',
      given: {
        file: {
          telemetry: { endpoint: 'https://c' },
          otlpProtocol: 'http/protobuf',
          otlpHeaders: { 'api-key': 'a=b, c' },
          otlpTimeoutMs: 3_000,
          otlpCompression: 'gzip',
          otlpCertificate: '/ca.pem',
          metricsTemporality: 'delta',
        },
      },
      variables: {
        [endpoint]: 'https://c',
        [protocol]: 'http/protobuf',
        OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%3Db%2C%20c',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
      },
    },
    {
      what: 'one signal goes elsewhere',
      given: { argv: ['--endpoint', 'c', '--logs-endpoint', 'http://l:9/x', '--logs-protocol', 'http'] },
      variables: {
        [endpoint]: 'http://c:4317',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l:9/x',
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
        [protocol]: 'grpc',
      },
    },
    {
      what: 'the environment says all',
      given: { env: { [endpoint]: 'http://c:4318', [protocol]: 'http' } },
      variables: {},
    },
    {
      what: 'the environment has an endpoint without a protocol',
      given: { env: { [endpoint]: 'http://c:4317' } },
      variables: { [protocol]: 'grpc' },
    },
    {
      what: 'it is the port of the other protocol',
      given: { env: { [endpoint]: 'http://c:4318' } },
      variables: {},
    },
    {
      what: 'it is a port that says nothing, and the child knew it before us',
      given: { env: { [endpoint]: 'https://api.example:443' } },
      variables: {},
    },
    {
      what: 'it is a port that says nothing, but we have named it',
      given: { argv: ['--endpoint', 'https://api.example:443'] },
      variables: { [endpoint]: 'https://api.example:443', [protocol]: 'grpc' },
    },
    {
      what: 'the environment says another place than a flag',
      given: { env: { [endpoint]: 'http://theirs:4317', [protocol]: 'grpc' }, argv: ['--endpoint', 'c'] },
      variables: {},
    },
    {
      what: 'the environment has an endpoint of one signal, a flag that for all',
      given: {
        env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t:4317' },
        argv: ['--endpoint', 'http://c:4317'],
      },
      variables: { [endpoint]: 'http://c:4317', [protocol]: 'grpc' },
    },
    {
      what: 'the file switches all off',
      given: { file: { telemetry: { enabled: false } } },
      variables: { OTEL_SDK_DISABLED: 'true' },
    },
    {
      what: 'a signal is off, another on our console, which is the child’s terminal',
      given: { argv: ['--metrics-exporter', 'none', '--traces-exporter', 'console'] },
      variables: { OTEL_METRICS_EXPORTER: 'none' },
    },
  ] satisfies readonly { what: string; given: Given; variables: Readonly<Record<string, string>> }[])(
    'if $what',
    async ({ given, variables }) => {
      expect(await toldOfPlaces(given)).toEqual(variables)
    },
  )
})

describe('of which run it is', () => {
  it.each([
    { what: 'nothing else', given: {}, attributes: keys },
    {
      what: 'theirs, byte for byte and first',
      given: { env: { OTEL_RESOURCE_ATTRIBUTES: ' team=a%20b , x=' } },
      attributes: ` team=a%20b , x=,${keys}`,
    },
    {
      what: 'theirs with a comma at the end',
      given: { env: { OTEL_RESOURCE_ATTRIBUTES: 'team=a,' } },
      attributes: `team=a,${keys}`,
    },
    {
      what: 'ours of an outer run’s keys, as it is not the outer one’s command',
      given: { env: { OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.run_id=outer, taskbeat.attempt=7,a=%41' } },
      attributes: `a=%41,${keys}`,
    },
    {
      what: 'theirs of a session, which wins',
      given: { env: { OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.session_id=mine' } },
      attributes: `taskbeat.session_id=mine,${keys}`,
    },
    {
      what: 'no comma too many',
      given: { env: { OTEL_RESOURCE_ATTRIBUTES: 'a=1,' } },
      attributes: `a=1,${keys}`,
    },
    {
      what: 'those of the file that the environment lacks',
      given: {
        env: { OTEL_RESOURCE_ATTRIBUTES: 'team=a' },
        file: { telemetry: { resourceAttributes: { team: 'b', 'deployment.environment': 'x=y' } } },
      },
      attributes: `team=a,deployment.environment=x%3Dy,${keys}`,
    },
    {
      what: 'the name of the task',
      given: { env: { NVCT_TASK_NAME: 'llama' } },
      attributes: `service.name=llama,${keys}`,
    },
    {
      what: 'the name that a flag gives',
      given: { env: { NVCT_TASK_NAME: 'llama' }, argv: ['--service-name', 'mine'] },
      attributes: `service.name=mine,${keys}`,
    },
    {
      what: 'the name in their attributes',
      given: { env: { NVCT_TASK_NAME: 'llama', OTEL_RESOURCE_ATTRIBUTES: 'service.name=theirs' } },
      attributes: `service.name=theirs,${keys}`,
    },
    {
      what: 'the name in the file’s attributes',
      given: {
        env: { NVCT_TASK_NAME: 'llama' },
        file: { resourceAttributes: { 'service.name': 'in-file' } },
      },
      attributes: `service.name=in-file,${keys}`,
    },
    {
      what: 'no name beside OTEL_SERVICE_NAME',
      given: { env: { NVCT_TASK_NAME: 'llama', OTEL_SERVICE_NAME: 'theirs' } },
      attributes: keys,
    },
    {
      what: 'none that is so long that an SDK would discard all',
      given: { file: { resourceAttributes: { long: 'x'.repeat(256) } } },
      attributes: keys,
    },
  ] satisfies readonly { what: string; given: Given; attributes: string }[])(
    'its resource has $what',
    async ({ given, attributes }) => {
      expect((await told(given)).OTEL_RESOURCE_ATTRIBUTES).toBe(attributes)
    },
  )

  it('its baggage has the keys after what the caller hands on', async () => {
    const env = { BAGGAGE: 'theirs=1,taskbeat.session_id=s%201', NVCT_TASK_ID: 't-1' }
    const { BAGGAGE, OTEL_RESOURCE_ATTRIBUTES } = await told({ env })
    expect(BAGGAGE).toBe(`theirs=1,${keys},taskbeat.task_id=t-1,taskbeat.session_id=s%201`)
    expect(OTEL_RESOURCE_ATTRIBUTES).toBe(`${keys},taskbeat.task_id=t-1,taskbeat.session_id=s%201`)
  })
})
