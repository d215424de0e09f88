import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { type ConfigureOptions, configureRecorder } from '../../../src/recorder/config/index.ts'
import { memoryExporter, RecorderError } from '../../../src/recorder/index.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

const write = (path: string, content: unknown) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
}

/** An entry of an exporter that keeps records in memory, by a name that says where it was configured. */
const memory = (name: string, more: object = {}) => ({ name: 'memory', config: { name }, ...more })
const list = (...exporters: object[]) => ({ exporters })

/** An application that depends on a package which announces exporters. */
const announce = (directory: string, recorderExporters: unknown) => {
  write(join(directory, 'package.json'), { dependencies: { announcer: '1.0.0' } })
  write(join(directory, 'node_modules/announcer/package.json'), { taskbeat: { recorderExporters } })
}

/** The names of the exporters of a recorder, and the lines that it wrote. */
const configured = async (directory: string, options: ConfigureOptions = {}) => {
  const lines: string[] = []
  const recorder = await configureRecorder({
    directory,
    environment: {},
    log: (line) => lines.push(line),
    ...options,
  })
  const names = recorder.stats().exporters.map(({ name }) => name)
  await recorder.close()
  return { names, lines }
}

const presences = [true, false].flatMap((direct) =>
  [true, false].flatMap((file) => [true, false].map((packages) => ({ direct, file, packages }))),
)

it.each(
  presences.map((presence) => ({
    ...presence,
    whole: presence.direct ? ['direct'] : presence.file ? ['file'] : presence.packages ? ['package'] : [],
    // upstream: a file replaces packages, the direct layer completes what is below it
    merged: [
      ...(presence.file ? ['file'] : presence.packages ? ['package'] : []),
      ...(presence.direct ? ['direct'] : []),
    ],
  })),
)(
  'T8: direct $direct, file $file, packages $packages: whole $whole, merged $merged',
  async ({ direct, file, packages, whole, merged }) => {
    await using temporary = await temporaryDirectory()
    const directory = temporary.path
    const module = './make.mjs'
    write(join(directory, 'make.mjs'), makerOf('file'))
    if (packages) announce(directory, [memory('package')])
    if (file) write(join(directory, 'taskbeat-recorder.json'), list({ name: module }))
    const options = direct ? { exporters: [{ name: 'console', config: { name: 'direct' } }] } : {}
    expect((await configured(directory, options)).names).toEqual(whole)
    expect((await configured(directory, { ...options, merge: true })).names).toEqual(merged)
  },
)

/** A module whose default export makes an exporter of that name. */
const makerOf = (name: string, exportAs = 'default') => {
  const methods = ['Start', 'Stop', 'Event', 'Error', 'TelemetryDataError'].map(
    (method) => `export${method}() {}`,
  )
  const maker = `(config) => ({ name: config.name ?? '${name}', ${methods.join(', ')}, close() {} })`
  return exportAs === 'default' ? `export default ${maker}` : `export const ${exportAs} = ${maker}`
}

it.each<{
  title: string
  direct?: ConfigureOptions['exporters']
  file?: unknown
  packages?: unknown
  merge?: boolean
  names: readonly string[]
}>([
  { title: 'a direct [] means none', direct: [], file: list(memory('file')), names: [] },
  { title: 'a [] in a file means none', file: list(), packages: [memory('package')], names: [] },
  { title: 'a [] of a package means none', packages: [], names: [] },
  {
    title: 'merged, a direct [] adds nothing',
    direct: [],
    merge: true,
    file: list(memory('file')),
    names: ['file'],
  },
  {
    title: 'two of a name in one layer are two',
    direct: [memory('a'), memory('b')],
    names: ['a', 'b'],
  },
  {
    title: 'merged, of two of a name the last direct one counts',
    direct: [memory('a'), memory('b')],
    merge: true,
    names: ['b'],
  },
  {
    title: 'merged, two of a name in a file stay two',
    direct: [{ name: 'console' }],
    merge: true,
    file: list(memory('a'), memory('b')),
    names: ['a', 'b', 'console'],
  },
  {
    title: 'merged, one direct takes the place of two in a file',
    direct: [memory('c')],
    merge: true,
    file: list(memory('a'), memory('b')),
    names: ['c'],
  },
  {
    title: 'one that is not enabled is none',
    file: list(memory('a', { enabled: false }), memory('b')),
    names: ['b'],
  },
  {
    title: 'merged, one that is named without more is enabled again, as it was configured',
    direct: [{ name: 'memory' }],
    merge: true,
    file: list(memory('a', { enabled: false })),
    names: ['a'],
  },
  {
    title: 'merged, one can be disabled',
    direct: [{ name: 'memory', enabled: false }],
    merge: true,
    file: list(memory('a'), { name: 'console' }),
    names: ['console'],
  },
  {
    title: 'merged, upstream’s class is ours, and each key of its configuration is replaced alone',
    direct: [{ name: 'file', config: { name: 'renamed' } }],
    merge: true,
    file: list({
      class_name: 'nv_one_logger.exporter.file_exporter.FileExporter',
      config: { file_path: 'out/records.jsonl' },
    }),
    names: ['renamed'],
  },
  {
    title: 'exporters that are ready go with those that are configured',
    direct: [
      memoryExporter({ name: 'ready' }),
      { exporter: memoryExporter({ name: 'filtered' }), filter: {} },
      memory('a'),
    ],
    names: ['ready', 'filtered', 'a'],
  },
])('T8: $title', async ({ direct, file, packages, merge = false, names }) => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  if (packages) announce(directory, packages)
  if (file) write(join(directory, 'taskbeat-recorder.json'), file)
  const result = await configured(directory, { ...(direct && { exporters: direct }), merge })
  expect(result).toEqual({ names, lines: [] })
})

const ours = ['taskbeat-recorder.yaml', 'taskbeat-recorder.yml', 'taskbeat-recorder.json']
const upstreams = ['yaml', 'yml', 'json'].map((extension) => `one_logger_exporters_config.${extension}`)
const files = [...ours, ...upstreams]

it.each(files.map((first, index) => ({ first, there: files.slice(index) })))(
  'T8: of $there in the working directory the first counts',
  async ({ there }) => {
    await using temporary = await temporaryDirectory()
    const directory = temporary.path
    for (const name of there) write(join(directory, name), list(memory(name)))
    expect((await configured(directory)).names).toEqual([there[0]])
  },
)

it.each([
  { title: 'a path in code', configFile: 'code.yaml', names: ['code.yaml'] },
  { title: 'our variable', names: ['ours.yml'] },
  { title: 'upstream’s variable', environment: { TASKBEAT_RECORDER_CONFIG: ' ' }, names: ['upstream.json'] },
  {
    title: 'the working directory',
    environment: { TASKBEAT_RECORDER_CONFIG: '', ONE_LOGGER_EXPORTER_CONFIG_PATH: '' },
    names: ['taskbeat-recorder.yaml'],
  },
])('T8: $title goes before what comes after it', async ({ configFile, environment = {}, names }) => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  for (const name of ['code.yaml', 'ours.yml', 'upstream.json', 'taskbeat-recorder.yaml'])
    write(join(directory, name), list(memory(name)))
  const variables = {
    TASKBEAT_RECORDER_CONFIG: 'ours.yml',
    ONE_LOGGER_EXPORTER_CONFIG_PATH: join(directory, 'upstream.json'),
    ...environment,
  }
  const options = { environment: variables, ...(configFile && { configFile }) }
  expect((await configured(directory, options)).names).toEqual(names)
})

it.each([
  {
    title: 'a path in code',
    options: { configFile: 'none.yaml' },
    message: "none.yaml', which configFile names",
  },
  {
    title: 'our variable',
    options: { environment: { TASKBEAT_RECORDER_CONFIG: 'none.yaml' } },
    message: 'which TASKBEAT_RECORDER_CONFIG names',
  },
  {
    title: 'upstream’s variable',
    options: { environment: { ONE_LOGGER_EXPORTER_CONFIG_PATH: '/none.json' } },
    message: 'which ONE_LOGGER_EXPORTER_CONFIG_PATH names',
  },
])('T8: $title that leads nowhere is an error, whatever else there is', async ({ options, message }) => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  write(join(directory, 'taskbeat-recorder.yaml'), list(memory('a')))
  const failed = configured(directory, options)
  await expect(failed).rejects.toThrow(message)
  await expect(failed).rejects.toThrow(RecorderError)
})

it.each([
  { title: 'broken YAML', name: 'a.yaml', content: 'exporters: [', message: "a.yaml' cannot be read" },
  { title: 'broken JSON', name: 'a.json', content: '{', message: "a.json' cannot be read" },
  { title: 'nothing', name: 'a.yaml', content: '', message: "has no list of 'exporters'" },
  { title: 'a list', name: 'a.yaml', content: '[]', message: "has no list of 'exporters'" },
  {
    title: 'no list of exporters',
    name: 'a.json',
    content: '{"exporters": 3}',
    message: "has no list of 'exporters'",
  },
  {
    title: 'another kind of file',
    name: 'a.toml',
    content: '',
    message: 'has to end in .yaml, .yml or .json',
  },
])('a file with $title is an error', async ({ name, content, message }) => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  write(join(directory, name), content)
  await expect(configured(directory, { configFile: name })).rejects.toThrow(message)
})

it('a file is YAML as people write it', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  write(
    join(directory, 'taskbeat-recorder.yaml'),
    `# all that a run records
exporters:
  - name: file
    config:
      path: out/records.jsonl
  - name: console
    enabled: no
  - class_name: nv_one_logger.exporter.logger_exporter.LoggerExporter
  - name: otel
    config: {announce_after_ms: 1000}
  - name: kafka
    config: {brokers: 'a:9092, b:9092', name: bus}
    enabled: false
`,
  )
  // YAML 1.2 knows no `no`
  const { names, lines } = await configured(directory)
  expect(names).toEqual(['file', 'console', 'otel'])
  expect(lines).toEqual([expect.stringContaining("needs true or false as 'enabled'")])
})

it.each([
  { title: 'an unknown module', entry: { name: './none.mjs' }, line: 'none.mjs' },
  {
    title: 'a class of Python',
    entry: { class_name: 'my.exporters.MyExporter' },
    line: "'my.exporters.MyExporter'",
  },
  { title: 'a module that fails', entry: { name: './throws.mjs' }, line: 'not today' },
  { title: 'a module without a maker', entry: { name: './empty.mjs' }, line: 'default export' },
  {
    title: 'an export that is not there',
    entry: { name: './make.mjs#other' },
    line: "exports no function 'other'",
  },
  {
    title: 'a maker of something else',
    entry: { name: './wrong.mjs' },
    line: 'what it makes is no exporter',
  },
  { title: 'a maker that rejects', entry: { name: './rejects.mjs' }, line: 'no such host' },
  {
    title: 'a wrong value',
    entry: { name: 'file', config: { path: 3 } },
    line: 'config.path is not as expected: string',
  },
  { title: 'a misspelt key', entry: { name: 'file', config: { path: 'a', pth: 'b' } }, line: 'config.pth' },
  { title: 'a missing value', entry: { name: 'kafka' }, line: 'config.brokers' },
  {
    title: 'a misspelt field',
    entry: { name: 'console', enable: false },
    line: "'enable' that does not exist",
  },
  { title: 'two names', entry: { name: 'console', class_name: 'x' }, line: "both 'name' and 'class_name'" },
  { title: 'no name', entry: { config: {} }, line: "needs a text as 'name'" },
  { title: 'no mapping', entry: 'console', line: 'is no mapping' },
  { title: 'a list as config', entry: { name: 'console', config: [] }, line: "needs a mapping as 'config'" },
])('T8: $title is left out with one warning, the others stay', async ({ entry, line }) => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  write(join(directory, 'make.mjs'), makerOf('made'))
  write(join(directory, 'throws.mjs'), 'throw new Error("not today")')
  write(join(directory, 'empty.mjs'), 'export {}')
  write(join(directory, 'wrong.mjs'), 'export default () => ({})')
  write(join(directory, 'rejects.mjs'), 'export default async () => { throw new Error("no such host") }')
  write(join(directory, 'taskbeat-recorder.json'), { exporters: [memory('before'), entry, memory('after')] })
  const { names, lines } = await configured(directory)
  expect(names).toEqual(['before', 'after'])
  expect(lines).toEqual([expect.stringContaining(line)])
  expect(lines[0]).toContain('taskbeat-recorder.json')
})

it('a warning holds no value of what is configured', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  const secret = 'hunter2'
  write(
    join(directory, 'taskbeat-recorder.json'),
    list({ name: 'kafka', config: { brokers: 3, client: secret } }),
  )
  const { lines } = await configured(directory)
  expect(lines).toHaveLength(1)
  expect(lines.join()).not.toContain(secret)
})

it.each([
  { name: './make.mjs', content: makerOf('made') },
  { name: './make.mjs', content: makerOf('made', 'exporter') },
  { name: './make.mjs#makeIt', content: makerOf('made', 'makeIt') },
])('a module makes an exporter: $name', async ({ name, content }) => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  write(join(directory, 'make.mjs'), content)
  expect((await configured(directory, { exporters: [{ name }] })).names).toEqual(['made'])
  expect((await configured(directory, { exporters: [{ name, config: { name: 'x' } }] })).names).toEqual(['x'])
})

it('packages announce modules of their own; only dependencies of the application are asked', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  const packages = join(directory, 'node_modules')
  const app = join(directory, 'apps/one')
  write(join(app, 'package.json'), {
    dependencies: { '@scope/first': '1', silent: '1', missing: '1' },
    optionalDependencies: { second: '1' },
    devDependencies: { stranger: '1' },
  })
  const announcing = (name: string, taskbeat: unknown) => {
    write(join(packages, name, 'package.json'), { name, exports: { './x': './x.js' }, taskbeat })
    write(join(packages, name, 'make.mjs'), makerOf(name))
  }
  announcing('@scope/first', { recorderExporters: [{ name: './make.mjs' }] })
  announcing('second', { recorderExporters: [{ name: './make.mjs' }, memory('third')] })
  announcing('silent', {})
  announcing('stranger', { recorderExporters: [{ name: './make.mjs' }] })
  mkdirSync(join(app, 'src'))
  expect(await configured(join(app, 'src'))).toEqual({
    names: ['@scope/first', 'second', 'third'],
    lines: [],
  })
})

it('a package that announces nonsense is left out with one line', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  announce(directory, 'console')
  const { names, lines } = await configured(directory)
  expect(names).toEqual([])
  expect(lines).toEqual([
    expect.stringContaining('taskbeat.recorderExporters of package announcer is no list'),
  ])
})

it('a package by name makes an exporter, found from the file that names it', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  write(join(directory, 'node_modules/my-exporter/package.json'), { name: 'my-exporter', main: 'main.js' })
  write(
    join(directory, 'node_modules/my-exporter/main.js'),
    `exports.exporter = ${makerOf('by name').slice(15)}`,
  )
  write(join(directory, 'conf/recorder.json'), list({ name: 'my-exporter' }))
  expect(await configured(directory, { configFile: 'conf/recorder.json' })).toEqual({
    names: ['by name'],
    lines: [],
  })
})

it('T4: quiet, a configuration that fails is one line, and bodies run', async () => {
  const lines: string[] = []
  const recorder = await configureRecorder({
    configFile: '/none.yaml',
    errorStrategy: 'quiet',
    log: (line) => lines.push(line),
  })
  expect(recorder.timedSpan('work', {}, () => 'done')).toBe('done')
  recorder.stop(recorder.start('more'))
  await recorder.close()
  expect(lines).toEqual([
    "taskbeat recorder: nothing is recorded: there is no file '/none.yaml', which configFile names",
  ])
})

it('T4: quiet, it is one line also if several things are wrong', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  const options: ConfigureOptions = {
    errorStrategy: 'quiet',
    exporters: [
      { name: './none.mjs' },
      { name: 'file', config: {} },
      { name: 'file', config: { path: '/dev/null/not/a/directory' } },
    ],
  }
  expect((await configured(directory, options)).lines).toHaveLength(1)
})

it('T4: options that cannot be follow the strategy too', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  const wrong = { exporters: [], flushTimeoutMs: -1 }
  await expect(configured(directory, wrong)).rejects.toThrow('flushTimeoutMs')
  expect((await configured(directory, { ...wrong, errorStrategy: 'quiet' })).lines).toHaveLength(1)
})

it('a recorder that is not enabled reads nothing', async () => {
  await using temporary = await temporaryDirectory()
  const directory = temporary.path
  write(join(directory, 'taskbeat-recorder.yaml'), 'no: [')
  const result = await configured(directory, { enabled: false, configFile: '/none.yaml' })
  expect(result).toEqual({ names: [], lines: [] })
})
