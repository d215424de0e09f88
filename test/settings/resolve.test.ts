import { describe, expect, it } from 'vitest'
import { type Operands, resolveSettings, type Sources } from '../../src/settings/resolve.ts'
import type { Group } from '../../src/settings/row.ts'
import { type Field, table } from '../../src/settings/table.ts'
import type { Settings } from '../../src/settings.ts'

const groups: readonly Group[] = ['general', 'progress', 'simulation', 'telemetry', 'platform']

const resolve = (sources: Partial<Sources>) => resolveSettings({ argv: [], env: {}, ...sources }, groups)

const settingsOf = async (sources: Partial<Sources>): Promise<Settings> => {
  const resolution = await resolve(sources)
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('; '))
  return resolution.settings
}

const problemsOf = async (sources: Partial<Sources>) => {
  const resolution = await resolve(sources)
  return resolution.ok ? [] : resolution.problems
}

const file = (values: Readonly<Record<string, unknown>>) => ({ name: 'taskbeat.yaml', values })

describe('defaults', () => {
  it('are those of the sample', async () => {
    expect(await settingsOf({})).toMatchObject({
      resultsDir: '/var/task/results',
      progressFile: '/var/task/results/progress',
      numOfResults: 1,
      delayMinutes: 1,
      fileSizeBytes: 1_048_576,
      includeMetadata: true,
      modelsDir: '/config/models',
      resourcesDir: '/config/resources',
      taskId: undefined,
    })
  })

  it('put the progress file into the results directory that was given', async () => {
    const settings = await settingsOf({ env: { NVCT_RESULTS_DIR: '/tmp/output' } })
    expect(settings.progressFile).toBe('/tmp/output/progress')
  })

  it('let a state dwell for 6 seconds where a platform polls, and not at all elsewhere', async () => {
    expect((await settingsOf({})).dwellSeconds).toBe(0)
    expect((await settingsOf({ env: { NVCT_TASK_ID: 'x' } })).dwellSeconds).toBe(6)
    expect((await settingsOf({ env: { NVCT_TASK_ID: 'x', TASKBEAT_DWELL: '1.5' } })).dwellSeconds).toBe(1.5)
  })
})

describe('precedence', () => {
  const sources = {
    argv: ['--num-of-results', '4'],
    env: { NUM_OF_RESULTS: '3', TASKBEAT_SEED: '8', OTEL_SERVICE_NAME: '  ' },
    file: file({ numOfResults: 2, seed: 7, delayMinutes: 0.5, serviceName: 'from-file' }),
  }

  it('is flag, environment, file, default', async () => {
    const settings = await settingsOf(sources)
    expect(settings.numOfResults).toBe(4)
    expect(settings.seed).toBe(8)
    expect(settings.delayMinutes).toBe(0.5)
    expect(settings.stepsPerResult).toBe(50)
  })

  it('counts a blank variable as unset', async () => {
    expect((await settingsOf(sources)).serviceName).toBe('from-file')
  })

  it('lets the last of repeated flags count', async () => {
    expect(
      (await settingsOf({ argv: ['--seed=1', '--seed', '2', '--no-metadata', '--metadata'] })).seed,
    ).toBe(2)
  })
})

describe('what is beside the flags', () => {
  const resolveWith = (operands: Operands, ...argv: string[]) =>
    resolveSettings({ argv, operands, env: {} }, ['general', 'worker', 'emulator'])

  it('is a command line after --, its own flags and a second -- left alone', async () => {
    const resolution = await resolveWith('command', '--json', '--', 'python', '--seed', '--', '-h')
    expect(resolution).toMatchObject({ ok: true, operands: ['python', '--seed', '--', '-h'] })
  })

  it('must be told from our flags by --', async () => {
    const resolution = await resolveWith('command', '--json', 'python')
    expect(resolution).toMatchObject({
      ok: false,
      problems: [
        {
          kind: 'usage',
          message:
            "unexpected argument 'python'; the command to run comes after --, as in -- python train.py",
        },
      ],
    })
  })

  it('may be paths, before and after --', async () => {
    expect(await resolveWith('paths', 'a', '--mode', 'poll', 'b', '--', '--c')).toMatchObject({
      ok: true,
      operands: ['a', 'b', '--c'],
    })
  })

  it('is refused where a command takes nothing', async () => {
    expect(await resolveWith('none', '--', 'x')).toMatchObject({ ok: false })
  })
})

describe('a flag with a letter', () => {
  it.each([
    ['-o', 'a.html'],
    ['-oa.html'],
    ['--output', 'a.html'],
    ['--output=a.html'],
    ['--output', 'b.html', '-o', 'a.html'],
  ])('is the same flag: %s %s', async (...argv) => {
    const resolution = await resolveSettings({ argv: ['DIR', ...argv], operands: 'paths', env: {} }, [
      'report',
    ])
    expect(resolution).toMatchObject({ ok: true, operands: ['DIR'], settings: { reportFile: 'a.html' } })
  })

  it('is unknown where the flag is', async () => {
    const resolution = await resolveSettings({ argv: ['-o'], env: {} }, ['view'])
    expect(resolution).toMatchObject({ problems: [{ message: expect.stringMatching(/^unknown option -o/) }] })
  })
})

describe('a flag that may repeat', () => {
  it('keeps all its values, in order', async () => {
    const argv = ['--fault', 'hang', '--fault=down@1s-2s']
    const resolution = await resolveSettings({ argv, env: {} }, ['emulator'])
    expect(resolution.ok && resolution.settings.faults).toEqual(['hang', 'down@1s-2s'])
  })

  it('is a list in the file', async () => {
    const values = { faults: ['hang', 'late@5s'] }
    const resolution = await resolveSettings({ argv: [], env: {}, file: file(values) }, ['emulator'])
    expect(resolution.ok && resolution.settings.faults).toEqual(['hang', 'late@5s'])
  })
})

it.each([
  { text: '500ms', ms: 500 },
  { text: '1.5s', ms: 1_500 },
  { text: '1h30m', ms: 5_400_000 },
  { text: '0s', ms: 0 },
  { text: '5', ms: undefined },
  { text: '5 s', ms: undefined },
  { text: '-5s', ms: undefined },
])('the duration $text is $ms ms', async ({ text, ms }) => {
  const resolution = await resolveSettings({ argv: [`--grace=${text}`], env: {} }, ['emulator'])
  expect(resolution.ok ? resolution.settings.graceMs : undefined).toBe(ms)
})

it.each([
  { text: 'http', expected: { traces: 'http', metrics: 'http', logs: 'http' } },
  { text: 'traces=HTTP, logs=grpc', expected: { traces: 'http', metrics: 'grpc', logs: 'grpc' } },
  { text: 'http/protobuf', expected: undefined },
  { text: 'traces', expected: undefined },
  { text: 'spans=grpc', expected: undefined },
])('the protocols $text are $expected', async ({ text, expected }) => {
  const resolution = await resolveSettings({ argv: ['--protocol', text], env: {} }, ['emulator'])
  expect(resolution.ok ? resolution.settings.emulatedProtocols : undefined).toEqual(expected)
})

it('what a command does not read is not judged, wherever it stands', async () => {
  const sources = { argv: [], env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'wrong' }, file: file({ seed: 'x' }) }
  expect(await resolveSettings(sources, ['general', 'worker'])).toMatchObject({ ok: true })
})

it('freezes the settings', async () => {
  expect(Object.isFrozen(await settingsOf({}))).toBe(true)
})

it('reads lists and mappings of the file where the environment has commas', async () => {
  const settings = await settingsOf({
    file: file({
      tracesExporter: ['otlp', 'console'],
      otlpHeaders: { 'api-key': 'a=b, c' },
      resourceAttributes: { team: 'speech' },
    }),
  })
  expect(settings.tracesExporter).toEqual(['otlp', 'console'])
  expect(settings.otlpHeaders).toEqual({ 'api-key': 'a=b, c' })
  expect(settings.resourceAttributes).toEqual({ team: 'speech' })
})

it('trims the texts of the file, and counts a blank one as unset', async () => {
  const settings = await settingsOf({
    file: file({ serviceName: ' speech\n', resultsDir: '  ', seed: ' 7 ' }),
  })
  expect(settings).toMatchObject({ serviceName: 'speech', resultsDir: '/var/task/results', seed: 7 })
})

it('decodes header values and keeps what follows the first equals sign', async () => {
  const { otlpHeaders } = await settingsOf({
    env: { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20dTpw== , x-scope=a;b' },
  })
  expect(otlpHeaders).toEqual({ Authorization: 'Basic dTpw==', 'x-scope': 'a;b' })
})

describe('a wrong command line', () => {
  it.each([
    {
      argv: ['--num-of-result', '3'],
      says: 'unknown option --num-of-result; did you mean --num-of-results?',
    },
    { argv: ['--frobnicate'], says: 'unknown option --frobnicate' },
    { argv: ['-x'], says: 'unknown option -x' },
    { argv: ['--no-seed'], says: 'unknown option --no-seed; did you mean --seed?' },
    { argv: ['results'], says: "unexpected argument 'results'" },
    { argv: ['--seed'], says: '--seed needs a value: an integer from 0 to 4294967295' },
    { argv: ['--seed', '-1'], says: "--seed is '-1', but accepted is an integer from 0 to 4294967295" },
    { argv: ['--results', 'keep'], says: "--results is 'keep', but accepted is upload or none" },
    { argv: ['--no-metadata=true'], says: '--no-metadata takes no value' },
    { argv: ['--no-metadata='], says: '--no-metadata takes no value' },
    { argv: ['--metadata=maybe'], says: "--metadata is 'maybe', but accepted is true or false" },
    { argv: ['--delay', 'ten'], says: "--delay is 'ten', but accepted is a number from 0 to 525600" },
    { argv: ['--protocol', 'udp'], says: "--protocol is 'udp', but accepted is grpc, http or http/protobuf" },
  ])('$argv: $says', async ({ argv, says }) => {
    expect(await problemsOf({ argv })).toEqual([{ kind: 'usage', message: says }])
  })
})

describe('a wrong variable', () => {
  it.each([
    { name: 'NUM_OF_RESULTS', value: '-1', accepted: 'an integer from 0 to 1000000' },
    { name: 'NUM_OF_RESULTS', value: '2.5', accepted: 'an integer from 0 to 1000000' },
    { name: 'NUM_OF_RESULTS', value: '1e3', accepted: 'an integer from 0 to 1000000' },
    { name: 'FILE_SIZE_BYTES', value: '-8192', accepted: 'an integer from 0 to 1099511627776' },
    { name: 'DELAY_BETWEEN_RESULTS_IN_MINUTES', value: 'soon', accepted: 'a number from 0 to 525600' },
    { name: 'DELAY_BETWEEN_RESULTS_IN_MINUTES', value: '-0.5', accepted: 'a number from 0 to 525600' },
    { name: 'DELAY_BETWEEN_RESULTS_IN_MINUTES', value: 'Infinity', accepted: 'a number from 0 to 525600' },
    { name: 'INCLUDE_METADATA', value: 'maybe', accepted: 'true or false' },
    { name: 'TASKBEAT_HEARTBEAT', value: '600', accepted: 'a number from 0.1 to 150' },
    {
      name: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
      value: 'http/json',
      accepted: 'grpc, http or http/protobuf',
    },
    {
      name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      value: 'http://[::',
      accepted: 'an http:// or https:// URL, or host:port',
    },
    {
      name: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
      value: 'ftp://h',
      accepted: 'an http:// or https:// URL, or host:port',
    },
    {
      name: 'OTEL_TRACES_EXPORTER',
      value: 'zipkin',
      accepted: 'otlp, console, or both with a comma; or none',
    },
    {
      name: 'OTEL_LOGS_EXPORTER',
      value: 'none,otlp',
      accepted: 'otlp, console, or both with a comma; or none',
    },
    { name: 'OTEL_EXPORTER_OTLP_TIMEOUT', value: '10s', accepted: 'an integer from 1 to 3600000' },
    { name: 'OTEL_EXPORTER_OTLP_COMPRESSION', value: 'zstd', accepted: 'gzip or none' },
  ])('$name=$value is refused with what is accepted', async ({ name, value, accepted }) => {
    const message = `${name} is '${value}', but accepted is ${accepted}`
    expect(await problemsOf({ env: { [name]: value } })).toEqual([{ kind: 'configuration', message }])
  })
})

describe('a wrong file', () => {
  it.each([
    {
      values: { numOfResult: 3 },
      says: "taskbeat.yaml: unknown setting 'numOfResult'; did you mean numOfResults?",
    },
    {
      values: { seed: 'x' },
      says: "seed in taskbeat.yaml is 'x', but accepted is an integer from 0 to 4294967295",
    },
    {
      values: { seed: [1] },
      says: 'seed in taskbeat.yaml is no single value, but accepted is an integer from 0 to 4294967295',
    },
    {
      values: { serviceName: { a: 1 } },
      says: 'serviceName in taskbeat.yaml is no single value, but accepted is any text',
    },
    ...[['team', 'speech'], { team: null }, { team: { a: 1 } }, { team: ['a'] }].map(
      (resourceAttributes) => ({
        values: { resourceAttributes },
        says: 'resourceAttributes in taskbeat.yaml is no single value, but accepted is key=value pairs with commas between them, percent-encoded',
      }),
    ),
    {
      values: { tracesExporter: ['otlp', null] },
      says: 'tracesExporter in taskbeat.yaml is no single value, but accepted is otlp, console, or both with a comma; or none',
    },
    {
      values: { configFile: 'other.yaml' },
      says: 'taskbeat.yaml: configFile names this file, so it has no place in it; use --config or TASKBEAT_CONFIG',
    },
  ])('$says', async ({ values, says }) => {
    expect(await problemsOf({ file: file(values) })).toEqual([{ kind: 'configuration', message: says }])
  })
})

describe('the section telemetry of the file', () => {
  it('sets what the settings of their own do', async () => {
    const telemetry = {
      enabled: false,
      serviceName: 'tuner',
      endpoint: 'http://c:4317',
      resourceAttributes: { team: 'speech' },
      debug: true,
    }
    expect(await settingsOf({ file: file({ telemetry }) })).toMatchObject({
      sdkDisabled: true,
      serviceName: 'tuner',
      otlpEndpoint: 'http://c:4317',
      resourceAttributes: { team: 'speech' },
      debug: true,
    })
  })

  it('yields to the environment, and that to a flag', async () => {
    const telemetry = { enabled: true, serviceName: 'file', endpoint: 'http://file:1' }
    const env = { OTEL_SDK_DISABLED: 'true', OTEL_SERVICE_NAME: 'env', OTEL_EXPORTER_OTLP_ENDPOINT: 'env:1' }
    const argv = ['--endpoint', 'flag:1']
    expect(await settingsOf({ argv, env, file: file({ telemetry }) })).toMatchObject({
      sdkDisabled: true,
      serviceName: 'env',
      otlpEndpoint: 'flag:1',
    })
  })

  it('may be empty, and so may its keys', async () => {
    expect(await settingsOf({ file: file({ telemetry: null }) })).toMatchObject({ debug: false })
    const values = { serviceName: 'mine', telemetry: { serviceName: null } }
    expect(await settingsOf({ file: file(values) })).toMatchObject({ serviceName: 'mine' })
  })

  it.each([
    {
      values: { telemetry: { service_name: 'x' } },
      says: "unknown setting 'telemetry.service_name'; did you mean telemetry.serviceName?",
    },
    {
      values: { telemetry: { exporter: 'x' } },
      says: "unknown setting 'telemetry.exporter'; known are debug, enabled, serviceName, resourceAttributes, endpoint",
    },
    { values: { telemetri: {} }, says: "unknown setting 'telemetri'; did you mean telemetry?" },
    { values: { telemetry: true }, says: "telemetry is no mapping, such as 'telemetry: {debug: true}'" },
    { values: { telemetry: ['debug'] }, says: "telemetry is no mapping, such as 'telemetry: {debug: true}'" },
    {
      values: { telemetry: { serviceName: 'a' }, serviceName: 'a' },
      says: 'telemetry.serviceName and serviceName are the same setting; keep one of them',
    },
    {
      values: { sdkDisabled: false, telemetry: { enabled: true } },
      says: 'sdkDisabled and telemetry.enabled are the same setting; keep one of them',
    },
  ])('$says', async ({ values, says }) => {
    expect(await problemsOf({ file: file(values) })).toEqual([
      { kind: 'configuration', message: `taskbeat.yaml: ${says}` },
    ])
  })

  it('is judged by the name that a value has there', async () => {
    const telemetry = { enabled: 'maybe', endpoint: 'ftp://x' }
    expect((await problemsOf({ file: file({ telemetry }) })).map(({ message }) => message)).toEqual([
      "telemetry.enabled in taskbeat.yaml is 'maybe', but accepted is true or false",
      "telemetry.endpoint in taskbeat.yaml is 'ftp://x', but accepted is an http:// or https:// URL, or host:port",
    ])
  })
})

describe('resource attributes', () => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'team=env,zone=a' }

  it('of file and environment are merged key by key, and the environment wins', async () => {
    const telemetry = { resourceAttributes: { team: 'file', 'service.namespace': 'ml' } }
    expect((await settingsOf({ env, file: file({ telemetry }) })).resourceAttributes).toEqual({
      team: 'env',
      zone: 'a',
      'service.namespace': 'ml',
    })
  })

  it('are judged in both places', async () => {
    const problems = await problemsOf({ env, file: file({ resourceAttributes: 'nonsense' }) })
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toContain('resourceAttributes in taskbeat.yaml')
  })
})

it('reports every problem, not only the first', async () => {
  const problems = await problemsOf({
    argv: ['--seed', 'x'],
    env: { NUM_OF_RESULTS: '-1', WRITE_INTERVAL: 'x' },
  })
  expect(problems.map(({ kind }) => kind)).toEqual(['configuration', 'usage', 'configuration'])
})

describe('secrets', () => {
  it.each([
    { env: { OTEL_EXPORTER_OTLP_HEADERS: 'sk-secret' } },
    { env: { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=sk-secret\nx' } },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:sk-secret@host' } },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:pa/sk-secret@host' } },
    { env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'user:sk-secret@host:99999' } },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:99999/v1?api-key=sk-secret' } },
  ])('are not in the message for $env', async ({ env }) => {
    const problems = await problemsOf({ env })
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).not.toContain('sk-secret')
  })
})

it('knows every variable of the platform and of the sample', () => {
  const known = Object.keys(table).map((field) => table[field as Field].env)
  for (const name of [
    ...['NVCT_TASK_ID', 'NVCT_TASK_NAME', 'NVCT_NCA_ID', 'NVCT_RESULTS_DIR', 'NVCT_PROGRESS_FILE_PATH'],
    ...['NVCT_INSTANCE_ID', 'NVCF_REGION', 'NVCF_BACKEND', 'NVCF_ENV', 'NVCF_INSTANCETYPE'],
    ...['NVCF_INSTANCETYPE_VALUE', 'INPUT_MODELS_DIR', 'INPUT_RESOURCES_DIR', 'FILE_SIZE_BYTES'],
    ...['NUM_OF_RESULTS', 'DELAY_BETWEEN_RESULTS_IN_MINUTES', 'INCLUDE_METADATA', 'ACCOUNTS_SECRETS_PATH'],
    ...[
      'OTEL_HEALTH_CHECK_ENDPOINT',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    ],
    ...['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL'],
    ...['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL'],
  ]) {
    expect(known).toContain(name)
  }
})
