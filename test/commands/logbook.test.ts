import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogbookEntry } from '../../src/logbook/entry.ts'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'

/** A training of some steps, which saves once, prints, and tells of a secret. */
const training = (steps: number, end = '') => [
  process.execPath,
  '-e',
  `
  const fs = require('node:fs')
  const tell = (event) => fs.appendFileSync(process.env.TASKBEAT_EVENTS, JSON.stringify(event) + '\\n')
  const results = process.env.NVCT_RESULTS_DIR
  for (let step = 1; step <= ${steps}; step += 1) {
    tell({ type: 'progress', step, total_steps: ${steps}, metrics: { loss: 1 / step } })
    console.log('line ' + step)
    if (step !== 2) continue
    fs.mkdirSync(results + '/save-2')
    fs.writeFileSync(results + '/save-2/weights', 'w')
    tell({ type: 'checkpoint', step, dir: results + '/save-2' })
    tell({ type: 'error', message: 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123' })
  }
  ${end}`,
]

const directoryOf = (results: string) => join(results, '.taskbeat', 'logbook')

/** The whole lines of a family's files, in order. */
const read = async (directory: string, family = ''): Promise<readonly LogbookEntry[]> => {
  const names = await readdir(directory).catch(() => [])
  const own = names.filter((name) => name.startsWith(family)).toSorted()
  const texts = await Promise.all(own.map((name) => readFile(join(directory, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).map((line) => JSON.parse(line))
}
const only = <K extends LogbookEntry['k']>(entries: readonly LogbookEntry[], kind: K) =>
  entries.filter((entry): entry is Extract<LogbookEntry, { k: K }> => entry.k === kind)

const run = (results: string, command: readonly string[], flags: readonly string[] = [], env = {}) =>
  runCli(['run', '--results-dir', results, ...flags, '--', ...command], {
    env: { NVCT_RESULTS_DIR: results, ...env },
  })

describe('taskbeat run', () => {
  it('leaves a logbook of every step, checkpoint and line', async () => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    const { status } = await run(path, training(20), ['--logs', '--run-id', 'run-7'])
    expect(status).toBe(0)
    const entries = await read(directoryOf(path))
    const [begin] = only(entries, 'begin')
    expect(begin).toMatchObject({
      by: 'task',
      command: 'node',
      runId: 'run-7',
      attempt: 1,
      capturesOutput: true,
    })
    expect(begin?.settings).toContainEqual({ name: '--run-id', value: 'run-7', from: '--run-id' })
    const loss = only(entries, 'series').find(({ name }) => name === 'taskbeat.training.loss')
    const points = only(entries, 'p').map(({ step, v }) => [step, v[loss?.id ?? -1]])
    expect(points).toEqual(Array.from({ length: 20 }, (_, index) => [index + 1, 1 / (index + 1)]))
    expect(only(entries, 'checkpoint')).toMatchObject([
      { name: 'save-2', sizeBytes: 1, step: 2, percent: 10 },
    ])
    const lines = only(entries, 'log').filter(({ source }) => source === 'stdout')
    expect(lines.map(({ text }) => text)).toEqual(
      Array.from({ length: 20 }, (_, index) => `line ${index + 1}`),
    )
    expect(only(entries, 'state').map(({ percent, name }) => `${percent} ${name}`)).toEqual([
      '0 ',
      '10 save-2',
      '100 summary',
    ])
    expect(entries.findLast(({ k }) => k === 'end')).toMatchObject({ outcome: 'succeeded', exitStatus: 0 })
    expect(JSON.stringify(entries)).toContain('Authorization')
    expect(JSON.stringify(entries)).not.toContain('abcdefghijklmnopqrstuvwxyz0123')
  })

  it('holds no secret where nothing else is told of it', async () => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    const env = { MY_PASSWORD: 'open-sesame-42', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t0k3n' }
    await run(path, [...training(2), 'argument-of-a-command'], [], { ...env, OTEL_SDK_DISABLED: 'true' })
    const text = JSON.stringify(await read(directoryOf(path)))
    expect(text).toContain('Authorization')
    for (const secret of ['abcdefghijklmnopqrstuvwxyz0123', 'open-sesame', 't0k3n', 'argument-of'])
      expect(text).not.toContain(secret)
  })

  it('says why it failed', async () => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    const failing = training(3, "throw new Error('out of luck')")
    expect(await run(path, failing, ['--logs'])).toMatchObject({ status: 1 })
    const [end] = only(await read(directoryOf(path)), 'end')
    expect(end).toMatchObject({ outcome: 'failed', exitStatus: 1 })
    expect(end?.errorLines.join('\n')).toContain('out of luck')
  })

  it('that is killed leaves whole lines, and the next attempt continues', async () => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    // it lives for as long as what looks after it
    const end = 'const { ppid } = process; setInterval(() => process.ppid === ppid || process.exit(), 50)'
    const command = ['--logs', '--', ...training(5, end)]
    await using first = startCli(['run', '--results-dir', path, '--run-id', 'r', ...command], {
      env: { NVCT_RESULTS_DIR: path },
    })
    await until(async () => only(await read(directoryOf(path)), 'p').length === 5)
    first.child.kill('SIGKILL')
    await first.ended
    const before = await read(directoryOf(path))
    expect(only(before, 'end')).toEqual([])
    const { status } = await run(path, training(1), ['--run-id', 'r'])
    expect(status).toBe(0)
    const after = await read(directoryOf(path), 'facts')
    expect(only(after, 'begin').map(({ attempt }) => attempt)).toEqual([1, 2])
    const ids = only(after, 'series').map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(only(after, 'end')).toHaveLength(1)
  })

  it('goes on without one where it cannot be written', async () => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    await mkdir(join(path, '.taskbeat'))
    await writeFile(directoryOf(path), 'a file')
    const { status, stderr } = await run(path, training(3))
    expect(status).toBe(0)
    expect(stderr.match(/the logbook in .* cannot be written \(EEXIST\)/g)).toHaveLength(1)
  })

  it.each([
    ['nobody wants one', {}, '0'],
    ['another rank writes progress', { RANK: '1', WORLD_SIZE: '2' }, '64'],
  ])('leaves none where %s', async (_, env, logbookMb) => {
    await using directory = await temporaryDirectory()
    const { path } = directory
    const { status } = await run(path, training(3), [], { ...env, TASKBEAT_LOGBOOK_MB: logbookMb })
    expect(status).toBe(0)
    expect(await read(directoryOf(path))).toEqual([])
  })
})

it('taskbeat simulate leaves a logbook too', async () => {
  await using directory = await temporaryDirectory()
  const { path } = directory
  const flags = ['--results-dir', path, '--num-of-results', '2', '--delay', '0.01']
  const { status } = await runCli(['simulate', ...flags], { env: { TASKBEAT_CONSOLE: 'text' } })
  expect(status).toBe(0)
  const entries = await read(directoryOf(path))
  expect(only(entries, 'begin')).toMatchObject([{ by: 'task', capturesOutput: false }])
  expect(only(entries, 'checkpoint').map(({ name }) => name)).toEqual(['output_result_0', 'output_result_1'])
  expect(only(entries, 'span').map(({ name }) => name)).toContain('create_file')
  expect(only(entries, 'p').length).toBeGreaterThan(10)
  expect(only(entries, 'delivery').at(-1)?.routes).toMatchObject([
    { signal: 'traces', destination: 'the console' },
    { signal: 'metrics' },
    { signal: 'logs' },
  ])
  expect(only(entries, 'end')).toMatchObject([{ outcome: 'succeeded' }])
})

it('taskbeat emulate writes down what the platform sees', async () => {
  await using directory = await temporaryDirectory()
  const keep = join(directory.path, 'kept')
  const flags = ['--keep', keep, '--time-scale', '10', '--max-run-time', '10m']
  const task = [process.execPath, 'dist/cli.js', 'simulate', '--num-of-results', '2', '--delay', '0.01']
  const { status } = await runCli(['emulate', ...flags, '--', ...task, '--dwell', '0.6'])
  expect(status).toBe(0)
  const entries = await read(join(keep, 'logbook'))
  expect(only(entries, 'begin')).toMatchObject([
    {
      ...{ by: 'platform', command: 'node' },
      limits: { staleAfterMs: 30_000, documentedStaleAfterMs: 18_000, maxRunTimeMs: 60_000 },
    },
  ])
  expect(only(entries, 'status').map((entry) => entry.status)).toEqual(['LAUNCHED', 'RUNNING', 'COMPLETED'])
  expect(only(entries, 'state').map(({ percent }) => percent)).toEqual([0, 50, 100])
  expect(only(entries, 'checkpoint')).toMatchObject([
    { name: 'output_result_0', percent: 50, files: 1 },
    { name: 'output_result_1', percent: 100, files: 1 },
  ])
  expect(only(entries, 'moment').length).toBeGreaterThan(5)
  expect(entries.at(-1)).toMatchObject({ k: 'end', outcome: 'succeeded', exitStatus: 0 })
  expect(await read(join(keep, 'task', 'results', '.taskbeat', 'logbook'))).not.toEqual([])
})
