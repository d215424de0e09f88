import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import yaml from 'yaml'
import { checkSecretValues, checkTask } from '../../scripts/nvcf/check-task.ts'
import { ngcDuration, parseDuration } from '../../scripts/nvcf/duration.ts'
import { ngcCommand, nvcfCliCommand, restBody } from '../../scripts/nvcf/forms.ts'
import { parseTaskFile, type TaskFile } from '../../scripts/nvcf/task-file.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const sample = 'samples/nvcf/task.yaml'
const ownPlatform = 'samples/nvcf/own-platform.yaml'
const uuid = '00000000-0000-4000-8000-00000000000a'
const small = {
  ...{
    name: 'a',
    image: 'nvcr.io/org/team/train:1',
    gpu: 'L40',
    instanceType: 'gl40_1',
    resultHandlingStrategy: 'NONE',
  },
}

const taskOf = (fields: object): TaskFile => {
  const parsed = parseTaskFile({ ...small, ...fields })
  if ('faults' in parsed) throw new Error(parsed.faults.join('\n'))
  return parsed.task
}

/** All that is said of a file. */
const faultsOf = (fields: object) => {
  const parsed = parseTaskFile({ ...small, ...fields })
  return 'faults' in parsed ? parsed.faults : checkTask(parsed.task)
}

it('the samples are right, and so is the least that a task needs', () => {
  for (const file of [sample, ownPlatform]) {
    const parsed = parseTaskFile(yaml.parse(readFileSync(file, 'utf8')))
    expect('task' in parsed && checkTask(parsed.task)).toEqual([])
  }
  expect(faultsOf({})).toEqual([])
})

it.each<{ what: string; fields: object; says: readonly string[] }>([
  {
    what: 'a name that begins wrong',
    fields: { name: '-a' },
    says: ["name is '-a', but accepted is 1 to 128 letters"],
  },
  { what: 'a name of 129', fields: { name: 'a'.repeat(129) }, says: ['name is', 'accepted is 1 to 128'] },
  { what: 'a name with a dot', fields: { name: 'a.b' }, says: ["name is 'a.b'"] },
  { what: 'no name', fields: { name: undefined }, says: ['name is missing'] },
  {
    what: 'a description of 257',
    fields: { description: 'x'.repeat(257) },
    says: ['description is', 'at most 256'],
  },
  {
    what: '65 tags',
    fields: { tags: Array.from({ length: 65 }, (_, i) => `t${i}`) },
    says: ['tags is', 'at most 64'],
  },
  {
    what: 'a tag with a blank',
    fields: { tags: ['ok', 'not ok'] },
    says: ["tags.1 is 'not ok'", '1 to 128'],
  },
  {
    what: 'an image without a tag',
    fields: { image: 'nvcr.io/org/train' },
    says: ["image is 'nvcr.io/org/train'", 'a tag or a digest'],
  },
  {
    what: 'half a digest',
    fields: { image: 'nvcr.io/org/train@sha256:12' },
    says: ['image is', 'a tag or a digest'],
  },
  {
    what: 'an image without a registry',
    fields: { image: 'train:1' },
    says: ["image is 'train:1'", 'with its registry'],
  },
  {
    what: 'a field that is not known',
    fields: { maxRuntime: 'PT1H' },
    says: ['maxRuntime is not known, but accepted are name, description'],
  },
  { what: 'no gpu', fields: { gpu: undefined }, says: ['gpu is missing'] },
  {
    what: 'a blank instance type',
    fields: { instanceType: ' ' },
    says: ["instanceType is ' '", 'not blank'],
  },
  {
    what: 'arguments that are no list',
    fields: { args: 'run -- python' },
    says: ["args is 'run -- python'", 'a list of words'],
  },
  { what: 'an argument that is a number', fields: { args: [3] }, says: ['args.0 is 3', 'put it in quotes'] },
  {
    what: 'a variable that is a number',
    fields: { env: { A: 1 } },
    says: ['env.A is 1', 'put numbers in quotes'],
  },
  { what: 'a variable that is blank', fields: { env: { A: ' ' } }, says: ["env.A is ' '", 'not blank'] },
  { what: 'a variable with a dash', fields: { env: { 'A-B': 'x' } }, says: ['A-B', 'letters, digits, _'] },
  {
    what: 'a variable with an underscore first',
    fields: { env: { _A: 'x' } },
    says: ['_A', 'the first a letter or digit'],
  },
  {
    what: 'a duration of the other CLI',
    fields: { maxRuntimeDuration: '1H30M' },
    says: ["maxRuntimeDuration is '1H30M'", 'PT1H30M'],
  },
  { what: 'a duration in weeks', fields: { maxQueuedDuration: 'P1W' }, says: ["maxQueuedDuration is 'P1W'"] },
  {
    what: 'a duration of zero',
    fields: { terminationGracePeriodDuration: 'PT0S' },
    says: ["terminationGracePeriodDuration is 'PT0S'", 'above zero'],
  },
  {
    what: 'a strategy that is not known',
    fields: { resultHandlingStrategy: 'SAVE' },
    says: ["resultHandlingStrategy is 'SAVE', but accepted is UPLOAD or NONE"],
  },
  {
    what: 'a place with one part',
    fields: { resultsLocation: 'model' },
    says: ["resultsLocation is 'model'", 'ORG/TEAM/MODEL'],
  },
  {
    what: 'a place with four parts',
    fields: { resultsLocation: 'a/b/c/d' },
    says: ["resultsLocation is 'a/b/c/d'"],
  },
  {
    what: 'a secret with a value',
    fields: { secrets: [{ name: 'A', value: 'hush' }] },
    says: ['secrets.0', 'a name of 1 to 48'],
  },
  { what: 'a secret name of 49', fields: { secrets: ['a'.repeat(49)] }, says: ['secrets.0', '1 to 48'] },
  {
    what: 'a telemetry that is no UUID',
    fields: { telemetries: { logs: 'mine' } },
    says: ["telemetries.logs is 'mine', but accepted is a UUID"],
  },
  {
    what: 'no telemetry at all',
    fields: { telemetries: {} },
    says: ['telemetries is {}', 'at least one of logs, metrics, traces'],
  },
  {
    what: 'a telemetry of a signal that is not known',
    fields: { telemetries: { logs: uuid, profiles: uuid } },
    says: ['telemetries.profiles is not known, but accepted are logs, metrics, traces'],
  },
  {
    what: 'a chart without an address',
    fields: { image: undefined, helmChart: 'org/chart:1' },
    says: ["helmChart is 'org/chart:1'", 'https or oci'],
  },

  { what: 'neither image nor chart', fields: { image: undefined }, says: ['image is missing'] },
  {
    what: 'image and chart',
    fields: { helmChart: 'https://h/c.tgz' },
    says: ['only one of image and helmChart'],
  },
  {
    what: 'a chart with arguments',
    fields: { image: undefined, helmChart: 'https://h/c.tgz', args: ['x'] },
    says: ['args is set'],
  },
  {
    what: 'a chart with variables',
    fields: { image: undefined, helmChart: 'https://h/c.tgz', env: { A: 'x' } },
    says: ['env is set'],
  },
  {
    what: 'an image with values',
    fields: { configuration: { a: 1 } },
    says: ['configuration is set', 'only with helmChart'],
  },
  {
    what: 'GFN without a limit',
    fields: { backend: 'GFN' },
    says: ['maxRuntimeDuration is missing', 'at most PT8H'],
  },
  {
    what: 'GFN beyond its limit',
    fields: { backend: 'gfn', maxRuntimeDuration: 'PT8H1S' },
    says: ["maxRuntimeDuration is 'PT8H1S'", 'at most PT8H'],
  },
  {
    what: 'more grace than time',
    fields: { maxRuntimeDuration: 'PT2H', terminationGracePeriodDuration: 'PT3H' },
    says: ["terminationGracePeriodDuration is 'PT3H'", "at most maxRuntimeDuration, 'PT2H'"],
  },
  {
    what: "the default's grace in less than an hour",
    fields: { maxRuntimeDuration: 'PT59M' },
    says: ['terminationGracePeriodDuration is missing, which means PT1H', "'PT59M'"],
  },
  {
    what: 'UPLOAD, the default, without its needs',
    fields: { resultHandlingStrategy: undefined },
    says: ['secrets has no NGC_API_KEY', 'resultsLocation is missing'],
  },
  {
    what: 'a secret twice',
    fields: { secrets: ['A', { name: 'A', env: 'B' }] },
    says: ["secrets has 'A' twice"],
  },
  {
    what: 'a secret that no variable can be called',
    fields: { secrets: ['hf.token'] },
    says: ['give {name: hf.token, env: …}'],
  },
  {
    what: 'a secret among the variables',
    fields: { secrets: ['A'], env: { A: 'x' } },
    says: ['env.A is set', 'the secret of that name'],
  },
  {
    what: "the platform's variables",
    fields: { env: { NVCT_RESULTS_DIR: '/tmp', NVCF_REGION: 'x' } },
    says: ['env.NVCT_RESULTS_DIR is set', 'env.NVCF_REGION is set'],
  },
  {
    what: 'an endpoint where telemetry is attached',
    fields: { env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://h' }, telemetries: { logs: uuid } },
    says: ['env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is set', 'telemetries.logs'],
  },
  {
    what: 'taskbeat told of another strategy',
    fields: { env: { TASKBEAT_RESULTS: 'upload' } },
    says: ["env.TASKBEAT_RESULTS is 'upload'", 'NONE'],
  },
  {
    what: 'a chart told of another strategy',
    fields: { image: undefined, helmChart: 'https://h/c-0.1.0.tgz', configuration: { results: 'upload' } },
    says: ["configuration.results is 'upload'", 'NONE'],
  },
  {
    what: 'a chart told of another strategy by a variable',
    fields: {
      image: undefined,
      helmChart: 'https://h/c.tgz',
      configuration: { env: { TASKBEAT_RESULTS: 'upload' } },
    },
    says: ["configuration.env.TASKBEAT_RESULTS is 'upload'", 'NONE'],
  },
  {
    what: 'our chart not told of NONE',
    fields: { image: undefined, helmChart: 'https://h/charts/taskbeat-task-0.1.0.tgz', configuration: {} },
    says: ['configuration.results is missing, which means upload', 'NONE'],
  },
  {
    what: "a value of the platform's for a chart",
    fields: { image: undefined, helmChart: 'https://h/c.tgz', configuration: { nvctTaskId: 'abc' } },
    says: ['configuration.nvctTaskId is set', 'the platform fills those in'],
  },
  {
    what: 'a chart version with a hyphen',
    fields: {
      image: undefined,
      helmChart: 'https://helm.ngc.nvidia.com/o/charts/t-0.1.0-rc1.tgz',
    },
    says: ['helmChart is ', 't-0.1.0-rc1.tgz', 'without a hyphen'],
  },
  {
    what: 'a chart version with a hyphen in a registry',
    fields: { image: undefined, helmChart: 'oci://h:5000/my-charts/my-c:0.1.0-rc1' },
    says: ['helmChart is ', 'without a hyphen'],
  },
  {
    what: 'a grace of which no whole second is left',
    fields: { terminationGracePeriodDuration: 'PT1S' },
    says: ["terminationGracePeriodDuration is 'PT1S'", 'at least PT6S'],
  },
  {
    what: 'more grace of taskbeat than of the platform',
    fields: { env: { TASKBEAT_GRACE: '10h' }, terminationGracePeriodDuration: 'PT10M' },
    says: ["env.TASKBEAT_GRACE is '10h'", "less than terminationGracePeriodDuration, 'PT10M'"],
  },
  {
    what: "as much grace of taskbeat as the platform's default",
    fields: { env: { TASKBEAT_GRACE: '1h' } },
    says: ["env.TASKBEAT_GRACE is '1h'", 'missing and means PT1H'],
  },
  {
    what: 'a grace of taskbeat that is no duration',
    fields: { env: { TASKBEAT_GRACE: 'PT5M' } },
    says: ["env.TASKBEAT_GRACE is 'PT5M'", 'such as 500ms'],
  },
])('$what is refused, with field, value and what is accepted', ({ fields, says }) => {
  const told = faultsOf(fields).join('\n')
  for (const part of says) expect(told).toContain(part)
  expect(told).not.toContain('hush')
})

it.each<{ what: string; fields: object }>([
  { what: 'a name of 128', fields: { name: 'a'.repeat(128) } },
  { what: 'a digest', fields: { image: `nvcr.io/org/train@sha256:${'0'.repeat(64)}` } },
  {
    what: 'a tag and a digest, and a port',
    fields: { image: `h:5000/org/train:v1.2_3@sha256:${'a'.repeat(64)}` },
  },
  { what: '64 tags', fields: { tags: Array.from({ length: 64 }, (_, i) => `k=${i}:v-x_y`) } },
  { what: 'GFN with 8 hours', fields: { backend: 'GFN', maxRuntimeDuration: 'PT8H' } },
  { what: 'an hour, which is the grace', fields: { maxRuntimeDuration: 'PT60M' } },
  {
    what: 'as much grace as time',
    fields: { maxRuntimeDuration: 'PT5M', terminationGracePeriodDuration: 'PT300S' },
  },
  {
    what: 'an endpoint of a signal without telemetry',
    fields: { env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://h' }, telemetries: { traces: uuid } },
  },
  {
    what: 'UPLOAD with its needs',
    fields: { resultHandlingStrategy: 'UPLOAD', secrets: ['NGC_API_KEY'], resultsLocation: 'org/model' },
  },
  {
    what: 'a chart told of the same strategy, and with what the platform fills in left empty',
    fields: {
      image: undefined,
      helmChart: 'oci://h:5000/my-charts/taskbeat-task:0.1.0',
      configuration: { results: 'none', nvctTaskId: '' },
    },
  },
  {
    what: 'a chart with other results',
    fields: { image: undefined, helmChart: 'https://h/my-0-c-0.1.0.tgz', configuration: { results: 'csv' } },
  },
  {
    what: 'a shorter grace of taskbeat',
    fields: { env: { TASKBEAT_GRACE: '9m59s' }, terminationGracePeriodDuration: 'PT10M' },
  },
  {
    what: 'what only begins like a token',
    fields: {
      name: 'sk-learn-with-many-words',
      secrets: ['hf_token', 'HF_TOKEN'],
      args: ['hf_transfer2x', '--model=sk-2', 'nvapi'],
    },
  },
  {
    what: 'a chart with values',
    fields: {
      image: undefined,
      helmChart: 'https://helm.ngc.nvidia.com/org/charts/c-0.1.0.tgz',
      configuration: { nodes: 2 },
    },
  },
])('$what is accepted', ({ fields }) => {
  expect(faultsOf(fields)).toEqual([])
})

/** Written in two parts, so that nobody takes this file for one with tokens. */
const tokens = [
  ...['nvapi-hush', 'github_pat_hush', 'glpat-hush', 'xoxb-hush'],
  ...[`nvapi-${'hush'.repeat(8)}`, `hf_${'hush'.repeat(8)}`, `ghp_${'hush'.repeat(9)}`],
  ...[`github_pat_${'hush'.repeat(8)}`, `sk-${'hush'.repeat(5)}1`, `glpat-${'hush'.repeat(5)}`],
  ...[`xoxb-${'hush'.repeat(4)}`, `AKIA${'HUSH'.repeat(4)}`],
  `-----BEGIN ${'PRIVATE'} KEY-----\nhush`,
]
const loop: Record<string, unknown> = {}
loop.again = loop

it.each(tokens)('the token %# is refused where it stands, and never shown', (token) => {
  for (const [fields, place] of [
    [{ secrets: [token] }, 'secrets.0'],
    [{ secrets: ['hf_hush1hush'] }, 'secrets.0'],
    [{ env: { A: 'ghp_hush1hush' } }, 'env.A'],
    [{ secrets: [{ name: 'A', env: token }] }, 'secrets.0.env'],
    [{ secrets: [{ name: token, value: 'x' }] }, 'secrets.0.name'],
    [{ env: { HF_TOKEN: token } }, 'env.HF_TOKEN'],
    [{ env: { [token]: '1' } }, 'a name in env'],
    [{ configuration: { loop, a: [{ b: token }] } }, 'configuration.a.0.b'],
    [{ args: ['--token', token], name: '-wrong' }, 'args.1'],
    [{ name: token }, 'name'],
    [{ [token]: token }, 'a name in the file'],
  ] as const) {
    const [first = '', ...rest] = faultsOf(fields)
    expect(first).toMatch(new RegExp(`^${place} has what looks like a token.*environment variable$`))
    expect([first, ...rest].join().toLowerCase()).not.toContain('hush')
  }
})

it.each(tokens.slice(4))('the token %# is found in the middle of a text', (token) => {
  expect(faultsOf({ description: `with "${token}"` }).join()).toMatch(/^description has what looks/)
})

it.each([
  { text: 'PT1H30M', seconds: 5_400, ngc: '1H30M' },
  { text: 'P1DT12H', seconds: 129_600, ngc: '1D12H' },
  { text: 'P2D', seconds: 172_800, ngc: '2D' },
  { text: 'PT90S', seconds: 90, ngc: '90S' },
])('$text is $seconds s, and $ngc for ngc', ({ text, seconds, ngc }) => {
  const parsed = parseDuration(text)
  expect(parsed).toEqual({ text, seconds })
  expect(parsed && ngcDuration(parsed)).toBe(ngc)
})

it.each(['', 'P', 'PT', 'P1DT', 'PT1.5H', '-PT1H', 'P1Y', 'PT0S', 'P0D', 'PT1H ', '1H'])(
  "'%s' is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)

it('taskbeat is told what the platform does not tell: the strategy, and how long it waits after SIGTERM', () => {
  const bodyOf = (fields: object) => JSON.parse(JSON.stringify(restBody(taskOf(fields), () => '')))
  expect(bodyOf({ terminationGracePeriodDuration: 'PT1H' }).containerEnvironment).toEqual([
    { key: 'TASKBEAT_RESULTS', value: 'none' },
    { key: 'TASKBEAT_GRACE', value: '3000s' },
  ])
  expect(
    bodyOf({ env: { TASKBEAT_GRACE: '1m' }, terminationGracePeriodDuration: 'PT1H' }).containerEnvironment,
  ).toContainEqual({ key: 'TASKBEAT_GRACE', value: '1m' })
})

it('a chart has neither arguments nor variables', () => {
  const task = taskOf({ image: undefined, helmChart: 'https://h/c.tgz', configuration: { nodes: 2 } })
  expect(JSON.parse(JSON.stringify(restBody(task, () => '')))).toEqual({
    ...{ name: 'a', helmChart: 'https://h/c.tgz', resultHandlingStrategy: 'NONE' },
    gpuSpecification: { gpu: 'L40', instanceType: 'gl40_1', configuration: { nodes: 2 } },
  })
})

/** The words that a program gets which is started by this line in a shell. */
const argumentsOf = (line: string, environment: Record<string, string> = {}): readonly string[] => {
  const script = `ngc() { printf '%s\\0' "$@"; }; nvcf-cli() { printf '%s\\0' "$@"; }; ${line}`
  const output = execFileSync('bash', ['--norc', '-c', script], {
    env: { PATH: process.env.PATH ?? '', ...environment },
  })
  return output.toString().split('\0').slice(0, -1)
}

/** The values of an option, in order. */
const valuesOf = (words: readonly string[], flag: string) =>
  words.flatMap((word, index) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)]
    return word === flag ? [words[index + 1]] : []
  })

const awkward = ["it's", '"x"', '$HOME', '', 'a b', '*', '#no', '\\', 'new\nline', '=x', '--', '-y']

it('any argument reaches the container as it is, through the shell and what the platform splits', () => {
  const task = taskOf({ args: awkward })
  for (const words of [argumentsOf(ngcCommand(task)), argumentsOf(nvcfCliCommand(task))]) {
    const [text = ''] = valuesOf(words, '--container-args')
    expect(argumentsOf(`ngc ${text}`)).toEqual(awkward)
  }
})

it('any value of a variable too; nvcf-cli reads its own as a line of CSV', () => {
  const value = `a,b "c" it's $HOME`
  const task = taskOf({ env: { A: value } })
  expect(valuesOf(argumentsOf(ngcCommand(task)), '--container-environment-variable')).toEqual([
    'TASKBEAT_RESULTS:none',
    `A:${value}`,
  ])
  expect(valuesOf(argumentsOf(nvcfCliCommand(task)), '--container-env')).toEqual([
    'TASKBEAT_RESULTS=none',
    `"A=a,b ""c"" it's $HOME"`,
  ])
})

it('a value that begins with a dash is not taken for an option', () => {
  const task = taskOf({ args: ['--epochs', '3'] })
  expect(argumentsOf(ngcCommand(task))).toContain('--container-args=--epochs 3')
})

it.each([
  { fields: {}, place: 'L40:gl40_1' },
  { fields: { backend: 'GFN', maxRuntimeDuration: 'PT8H' }, place: 'L40:gl40_1:GFN' },
  { fields: { clusters: ['a', 'b'] }, place: 'L40:gl40_1::a,b' },
])('ngc is told of the place as $place', ({ fields, place }) => {
  expect(valuesOf(argumentsOf(ngcCommand(taskOf(fields))), '--gpu-specification')).toEqual([place])
})

it.each([
  {
    chart: 'https://helm.ngc.nvidia.com/org/team/charts/taskbeat-task-0.1.0.tgz',
    named: 'org/team/taskbeat-task:0.1.0',
  },
  { chart: 'https://helm.ngc.nvidia.com/org/charts/c-1.2.tgz', named: 'org/c:1.2' },
  { chart: 'oci://registry.example/charts/c:1', named: 'oci://registry.example/charts/c:1' },
])('ngc is told of the chart as $named', ({ chart, named }) => {
  const words = argumentsOf(ngcCommand(taskOf({ image: undefined, helmChart: chart })))
  expect(valuesOf(words, '--helm-chart')).toEqual([named])
})

it('secrets are filled in by the shell, which ends if it does not have them', () => {
  const task = taskOf({ secrets: [{ name: 'hf.token', env: 'HF_TOKEN' }] })
  expect(valuesOf(argumentsOf(ngcCommand(task), { HF_TOKEN: 'x y' }), '--secret')).toEqual(['hf.token:x y'])
  expect(valuesOf(argumentsOf(nvcfCliCommand(task), { HF_TOKEN: 'x y' }), '--secrets')).toEqual([
    'hf.token=x y',
  ])
  expect(() => argumentsOf(ngcCommand(task))).toThrow('HF_TOKEN')
})

it.each([
  {
    what: 'one that is not set, where it is needed',
    environment: {},
    isNeeded: true,
    says: ['A is not set'],
  },
  { what: 'one that is not set, where the shell may have it', environment: {}, isNeeded: false, says: [] },
  { what: 'a blank one', environment: { A: ' ' }, isNeeded: false, says: ['holds 0 characters'] },
  { what: 'the longest one', environment: { A: 'x'.repeat(32_768) }, isNeeded: true, says: [] },
  {
    what: 'a longer one',
    environment: { A: 'x'.repeat(32_769) },
    isNeeded: true,
    says: ['holds 32769 characters'],
  },
])('the value of a secret: $what', ({ environment, isNeeded, says }) => {
  const faults = checkSecretValues(taskOf({ secrets: ['A'] }), environment, isNeeded)
  expect(faults).toHaveLength(says.length)
  for (const part of says) expect(faults.join()).toContain(part)
})

const run = (args: readonly string[], environment: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/nvcf/task.ts', ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const secrets = { NGC_API_KEY: 'nvapi-hush', HF_TOKEN: 'hf-hush' }

it('the sample becomes a body, without its secrets unless they are asked for', () => {
  const { status, stdout } = run([sample, '--form', 'rest'], secrets)
  expect([status, stdout.includes('hush')]).toEqual([0, false])
  const asked = JSON.parse(run([sample, '--form', 'rest', '--secrets'], secrets).stdout)
  expect(asked.secrets).toEqual([
    { name: 'NGC_API_KEY', value: 'nvapi-hush' },
    { name: 'huggingface-token', value: 'hf-hush' },
  ])
  expect(asked).toMatchObject({
    name: 'llama-finetune',
    maxRuntimeDuration: 'PT8H',
    telemetries: { logsTelemetryId: '00000000-0000-4000-8000-000000000001' },
  })
})

it('white space around a secret is not sent', () => {
  const padded = { ...secrets, HF_TOKEN: ' hf-hush\n' }
  const asked = JSON.parse(run([sample, '--form', 'rest', '--secrets'], padded).stdout)
  expect(asked.secrets).toContainEqual({ name: 'huggingface-token', value: 'hf-hush' })
})

it.each([
  { form: 'ngc', file: sample },
  { form: 'nvcf-cli', file: ownPlatform },
])('a sample becomes a command line for $form that a shell accepts', ({ form, file }) => {
  const { status, stdout } = run([file, '--form', form], secrets)
  expect([status, stdout.includes('hush')]).toEqual([0, false])
  expect(argumentsOf(stdout, secrets)).toEqual(expect.arrayContaining(['task', 'create', 'llama-finetune']))
})

it.each([
  { what: 'no form', args: [sample] },
  { what: 'a form that is not known', args: [sample, '--form', 'terraform'] },
  { what: 'no file', args: ['--form', 'rest'] },
  { what: 'secrets on a command line', args: [sample, '--form', 'ngc', '--secrets'] },
])('$what is wrong use', ({ args }) => {
  expect(run(args).status).toBe(64)
})

it.each([
  { what: 'a file that is not there', content: undefined, form: 'rest', says: 'cannot be read (ENOENT)' },
  { what: 'what is no YAML', content: 'a: [', form: 'rest', says: 'no YAML' },
  { what: 'an empty file', content: '', form: 'rest', says: 'accepted is a mapping' },
  {
    what: 'a wrong field',
    content: JSON.stringify({ ...small, name: '' }),
    form: 'rest',
    says: "name is ''",
  },
  {
    what: "a chart's values, which nvcf-cli has no option for",
    content: JSON.stringify({ ...small, image: undefined, helmChart: 'https://h/c.tgz', configuration: {} }),
    form: 'nvcf-cli',
    says: '--input-file',
  },
  {
    what: 'a secret that nvcf-cli would split',
    content: JSON.stringify({ ...small, secrets: ['A'] }),
    form: 'nvcf-cli',
    says: 'secrets.A has a comma',
  },
  {
    what: 'a secret that the shell would send with white space',
    content: JSON.stringify({ ...small, secrets: ['B'] }),
    form: 'ngc',
    says: 'secrets.B has white space',
  },
  {
    what: 'UPLOAD with nvcf-cli',
    content: JSON.stringify({
      ...small,
      ...{ resultHandlingStrategy: 'UPLOAD', secrets: ['NGC_API_KEY'], resultsLocation: 'o/m' },
    }),
    form: 'nvcf-cli',
    says: "resultHandlingStrategy is 'UPLOAD', the default, but accepted with nvcf-cli is NONE",
  },
  {
    what: 'a token that is no YAML',
    content: 'secrets: [*hf_hush1hush]',
    form: 'rest',
    says: 'no YAML',
  },
  {
    what: 'a token in place of a name',
    content: 'secrets: [hf_hush1hush]',
    form: 'ngc',
    says: 'secrets.0 has what looks like a token',
  },
])('$what ends with 78 and prints nothing to run', async ({ content, form, says }) => {
  await using dir = await temporaryDirectory()
  const file = join(dir.path, 'task.yaml')
  if (content !== undefined) await writeFile(file, content)
  const { status, stdout, stderr } = run([file, '--form', form], { A: 'hush,hush', B: 'hush\n' })
  expect([status, stdout]).toEqual([78, ''])
  expect(stderr).toContain(says)
  expect(stderr).not.toContain('hush')
})
