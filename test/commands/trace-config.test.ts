import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { traceConfig } from '../../src/commands/trace-config.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'

type Variables = Readonly<Record<string, string>>

/** The command as the command line runs it: what it writes. */
const run = async (argv: readonly string[], env: Variables = {}) => {
  const { operands: taken = 'none', groups } = traceConfig
  const resolution = await resolveSettings({ argv, env, operands: taken }, groups)
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('\n'))
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() }
  const [stdout, stderr] = [text(streams.stdout), text(streams.stderr)]
  const { settings, operands } = resolution
  const status = await traceConfig.run({
    settings,
    operands,
    stop: new AbortController().signal,
    atFault: () => {},
    version: () => '0',
    environment: env,
    stdin: () => new PassThrough(),
    stdout: () => streams.stdout,
    stderr: () => streams.stderr,
  })
  for (const stream of Object.values(streams)) stream.end()
  expect(status).toBe(0)
  return { stdout: await stdout, stderr: await stderr }
}

const http: Variables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http',
}

const settingsOf = async (argv: readonly string[], env: Variables = {}): Promise<readonly string[]> =>
  JSON.parse((await run(['triton', '--json', ...argv], { ...http, ...env })).stdout)

it('prints the argument of TritonConfig, to paste into Python', async () => {
  const { stdout, stderr } = await run(['triton'], {
    ...http,
    OTEL_SERVICE_NAME: 'passthrough "1"',
    OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.run_id=run-7,taskbeat.attempt=2',
  })
  expect(stdout).toBe(`trace_config=[
    "level=TIMESTAMPS",
    "rate=1",
    "mode=opentelemetry",
    "opentelemetry,url=http://collector:4318/v1/traces",
    "opentelemetry,resource=service.name=passthrough \\"1\\"",
    "opentelemetry,resource=taskbeat.run_id=run-7",
    "opentelemetry,resource=taskbeat.attempt=2",
    "opentelemetry,bsp_schedule_delay=5000",
],
`)
  expect(stderr).toBe('')
})

it('--json prints the list on one line, --arguments what tritonserver takes, one a line', async () => {
  const json = (await run(['triton', '--json'], http)).stdout
  expect(json.indexOf('\n')).toBe(json.length - 1)
  const lines = (await run(['triton', '--arguments'], http)).stdout.trimEnd().split('\n')
  expect(lines).toEqual(JSON.parse(json).map((setting: string) => `--trace-config=${setting}`))
})

it.each<{ argv: string[]; env: Variables; setting: string }>([
  { argv: ['--rate', '0'], env: {}, setting: 'rate=0' },
  { argv: ['--rate', '1000'], env: {}, setting: 'rate=1000' },
  {
    argv: [],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' },
    setting: 'opentelemetry,url=http://collector:4318/v1/traces',
  },
  {
    argv: ['--traces-endpoint', 'https://other:8443/otlp?tenant=a=b'],
    env: {},
    setting: 'opentelemetry,url=https://other:8443/otlp?tenant=a=b',
  },
  {
    argv: ['--traces-endpoint', '127.0.0.1:14358/v1/traces', '--traces-protocol', 'http'],
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    setting: 'opentelemetry,url=http://127.0.0.1:14358/v1/traces',
  },
  { argv: [], env: {}, setting: 'opentelemetry,resource=service.name=triton-inference-server' },
  {
    argv: [],
    env: { OTEL_RESOURCE_ATTRIBUTES: 'service.name=theirs' },
    setting: 'opentelemetry,resource=service.name=theirs',
  },
  {
    argv: ['--service-name', 'ours'],
    env: { OTEL_RESOURCE_ATTRIBUTES: 'service.name=theirs' },
    setting: 'opentelemetry,resource=service.name=ours',
  },
  {
    argv: [],
    env: { OTEL_RESOURCE_ATTRIBUTES: 'team=speech%20and%20more' },
    setting: 'opentelemetry,resource=team=speech and more',
  },
  { argv: [], env: { OTEL_BSP_SCHEDULE_DELAY: '100' }, setting: 'opentelemetry,bsp_schedule_delay=100' },
  { argv: [], env: { OTEL_BSP_MAX_QUEUE_SIZE: '9' }, setting: 'opentelemetry,bsp_max_queue_size=9' },
  {
    argv: [],
    env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '8' },
    setting: 'opentelemetry,bsp_max_export_batch_size=8',
  },
])('$argv and $env make it $setting', async ({ argv, env, setting }) => {
  expect(await settingsOf(argv, env)).toContain(setting)
})

it('the service has one name', async () => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=theirs,x=y' }
  const settings = await settingsOf(['--service-name', 'ours'], env)
  expect(settings.filter((setting) => setting.includes('service.name'))).toHaveLength(1)
})

it.each([
  { why: 'a comma', attribute: 'region=a%2Cb', plain: 'region=a,b', key: 'region' },
  { why: "an '='", attribute: 'query=a%3Db', plain: 'query=a=b', key: 'query' },
])(
  'PyTriton would not start with $why in an attribute, Triton takes it',
  async ({ attribute, plain, key }) => {
    const env = { ...http, OTEL_RESOURCE_ATTRIBUTES: `${attribute},team=speech` }
    const python = await run(['triton'], env)
    expect(python.stdout).not.toContain(key)
    expect(python.stdout).toContain('opentelemetry,resource=team=speech')
    expect(python.stderr).toMatch(new RegExp(`^taskbeat: PyTriton .* left out: '${key}'\n$`))
    const server = await run(['triton', '--arguments'], env)
    expect(server.stdout).toContain(`--trace-config=opentelemetry,resource=${plain}\n`)
    expect(server.stderr).toBe('')
  },
)

it('what would make two arguments of one is left out', async () => {
  const env = { ...http, OTEL_RESOURCE_ATTRIBUTES: 'note=a%0A--exit-on-error%3Dfalse' }
  const { stdout, stderr } = await run(['triton', '--arguments'], env)
  expect(stdout).not.toContain('exit-on-error')
  expect(stderr).toMatch(/left out: 'note'\n$/)
})

it.each<{ env: Variables; remark: RegExp }>([
  { env: { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hunter2' }, remark: /no headers: .*TRACES_HEADERS/ },
  { env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, remark: /does not compress/ },
  { env: { OTEL_EXPORTER_OTLP_TIMEOUT: '3000' }, remark: /no timeout/ },
  { env: { OTEL_TRACES_EXPORTER: 'otlp,console' }, remark: /not go to the console/ },
  { env: { TASKBEAT_DEBUG: '1' }, remark: /not go to the console/ },
  {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c', OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem' },
    remark: /no certificates: .*TRACES_CERTIFICATE/,
  },
  { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2@c' }, remark: /user and password of the URL/ },
  { env: { OTEL_BSP_MAX_QUEUE_SIZE: '100' }, remark: /BATCH_SIZE \(512\) is more than .*QUEUE_SIZE \(100\)/ },
])('what Triton does not do of $env is told in a line, without secrets', async ({ env, remark }) => {
  const { stderr } = await run(['triton'], { ...http, ...env })
  expect(stderr).toMatch(/^taskbeat: [^\n]+\n$/)
  expect(stderr).toMatch(remark)
  expect(stderr).not.toContain('hunter2')
})

it.each<{ argv: string[]; env: Variables; exitStatus: number; message: RegExp }>([
  { argv: [], env: http, exitStatus: 64, message: /as in taskbeat trace-config triton/ },
  { argv: ['vllm'], env: http, exitStatus: 64, message: /known is triton/ },
  { argv: ['triton', 'more'], env: http, exitStatus: 64, message: /one program/ },
  { argv: ['triton', '--json', '--arguments'], env: http, exitStatus: 64, message: /name one of them/ },
  { argv: ['triton'], env: {}, exitStatus: 78, message: /nowhere to send traces to: .*--endpoint/ },
  {
    argv: ['triton'],
    env: { ...http, OTEL_TRACES_EXPORTER: 'none' },
    exitStatus: 78,
    message: /^OTEL_TRACES_EXPORTER is none, but Triton knows only otlp/,
  },
  {
    argv: ['triton'],
    env: { ...http, OTEL_SDK_DISABLED: 'true' },
    exitStatus: 78,
    message: /^OTEL_SDK_DISABLED is true/,
  },
  {
    argv: ['triton'],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317' },
    exitStatus: 78,
    message:
      /HTTP only, but OTEL_EXPORTER_OTLP_TRACES_PROTOCOL and .* are unset, which means grpc: .*--traces-endpoint/,
  },
  {
    argv: ['triton'],
    env: { ...http, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    exitStatus: 78,
    message: /HTTP only, but OTEL_EXPORTER_OTLP_PROTOCOL is grpc/,
  },
  {
    argv: ['triton'],
    env: { ...http, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
    exitStatus: 78,
    message: /HTTP only, but OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is grpc/,
  },
])('$argv with $env is refused with $exitStatus', async ({ argv, env, exitStatus, message }) => {
  await expect(run(argv, env)).rejects.toMatchObject({ exitStatus, message: expect.stringMatching(message) })
})
