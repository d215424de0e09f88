import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'

const quick = ['simulate', '--delay', '0', '--steps-per-result', '3', '--file-size', '8192']

const readProgress = async (resultsDir: string) =>
  JSON.parse(await readFile(join(resultsDir, 'progress'), 'utf8'))

const readJournal = (resultsDir: string) =>
  readFile(join(resultsDir, '.taskbeat', 'journal.jsonl'), 'utf8').catch(() => '')

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('SIGTERM', () => {
  it('after the workload has ended is obeyed at once, however long the states are to stay', async () => {
    await using dir = await temporaryDirectory()
    const env = { NVCT_TASK_ID: 't', NVCT_RESULTS_DIR: dir.path, TASKBEAT_DWELL: '3600' }
    await using running = startCli([...quick, '--num-of-results', '3'], { env })
    await until(() => exists(join(dir.path, 'output_result_2')))
    running.child.kill('SIGTERM')
    const { status, stderr } = await running.ended
    expect(status).toBe(143)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /stopped by SIGTERM at 0 %, [23] more to be announced/,
    )
    expect(stderr).toMatch(/ log {5}WARN {2}task stopped by SIGTERM/)
    expect(await readProgress(dir.path)).toMatchObject({ percentComplete: 0, name: '' })
  })

  it('is obeyed in the middle of a large file, of which nothing stays', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path, '--file-size', String(2 ** 40)]
    // should the signal not be obeyed, this disk is not filled
    await using running = startCli(args, { shell: 'ulimit -f 8388608; exec "$@"' })
    await until(() => exists(join(dir.path, '.taskbeat', 'staging', 'output_result_0', 'sample_file_0.txt')))
    running.child.kill('SIGTERM')
    expect((await running.ended).status).toBe(143)
    expect(await readdir(join(dir.path, '.taskbeat', 'staging'))).toEqual([])
  })

  it('is obeyed by a task that has only 100 to publish yet', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(join(dir.path, '.taskbeat'))
    const entry = { type: 'accepted', name: 'end', percentComplete: 100, metadata: {}, at: '' }
    await writeFile(join(dir.path, '.taskbeat', 'journal.jsonl'), `${JSON.stringify(entry)}\n`)
    await using running = startCli([...quick, '--results-dir', dir.path, '--dwell', '3600'])
    await until(() => exists(join(dir.path, 'progress')))
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({
      status: 143,
      stderr: expect.stringContaining('stopped by SIGTERM at 0 %, 1 more to be announced by a restart'),
    })
  })
})

it('a completed task that is started again does not wait', async () => {
  await using dir = await temporaryDirectory()
  const args = [...quick, '--results-dir', dir.path]
  await runCli(args)
  expect(await runCli([...args, '--dwell', '3600'])).toMatchObject({ status: 0 })
})

it('SIGUSR1 opens no debugger', async () => {
  await using dir = await temporaryDirectory()
  await using running = startCli([...quick, '--results-dir', dir.path, '--stall-at', '1'])
  await until(() => exists(join(dir.path, 'progress')))
  running.child.kill('SIGUSR1')
  running.child.kill('SIGTERM')
  const { status, stderr } = await running.ended
  expect(status).toBe(143)
  expect(stderr).not.toContain('Debugger')
})

it('a reader that is behind gets the last words', async () => {
  await using dir = await temporaryDirectory()
  const args = ['simulate', '--results-dir', dir.path, '--delay', '0', '--num-of-results', '500']
  const child = spawn(process.execPath, [resolve('dist/cli.js'), ...args, '--file-size', '8192'], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const exited = once(child, 'exit')
    await until(
      async () => (await exists(join(dir.path, 'progress'))) && (await readProgress(dir.path)).name !== '',
    )
    await until(async () => (await readProgress(dir.path)).percentComplete === 100)
    const stderr = await text(child.stderr)
    expect(stderr.length).toBeGreaterThan(250_000)
    expect(stderr.trimEnd().split('\n').at(-1)).toContain('completed at 100 % (output_result_499)')
    expect(await exited).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
  }
})

describe('what is no regular file', () => {
  const makePipe = (path: string) => execFileSync('mkfifo', [path])

  it.each([
    { what: 'the progress file', path: 'progress' },
    { what: 'the journal', path: '.taskbeat/journal.jsonl' },
  ])('in the place of $what ends with 73 and stays', async ({ path }) => {
    await using dir = await temporaryDirectory()
    const full = join(dir.path, path)
    await mkdir(join(dir.path, '.taskbeat'))
    makePipe(`${full}.pipe`)
    await symlink(`${full}.pipe`, full)
    const { status, stderr } = await runCli([...quick, '--results-dir', dir.path])
    expect(status).toBe(73)
    expect(stderr).toContain(`${full} cannot be written by uid`)
    expect(stderr).toContain('it is no regular file but a pipe, a device or a socket')
    expect((await stat(full)).isFIFO()).toBe(true)
  })

  it('in the place of the metrics file is told, and the task goes on', async () => {
    await using dir = await temporaryDirectory()
    const metricsFile = join(dir.path, 'metrics.json')
    makePipe(metricsFile)
    const args = [...quick, '--results-dir', join(dir.path, 'r'), '--metrics-file', metricsFile]
    const { status, stderr } = await runCli(args)
    expect(status).toBe(0)
    expect(stderr).toContain(`${metricsFile} cannot be written by uid`)
    expect((await stat(metricsFile)).isFIFO()).toBe(true)
  })
})

describe('a path that leads nowhere ends with 73', () => {
  it('in a circle', async () => {
    await using dir = await temporaryDirectory()
    await symlink(join(dir.path, 'b'), join(dir.path, 'a'))
    await symlink(join(dir.path, 'a'), join(dir.path, 'b'))
    const args = [...quick, '--results-dir', join(dir.path, 'a', 'results')]
    const { status, stderr } = await runCli(args, { env: { TASKBEAT_DROP_ROOT: 'true' } })
    expect(status).toBe(73)
    expect(stderr).toContain('links on that path lead in a circle')
  })

  it('in a working directory that was removed', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', 'results']
    const env = { TASKBEAT_DROP_ROOT: 'true' }
    const { status } = await runCli(args, { env, cwd: dir.path, shell: 'rmdir "$PWD"; exec "$@"' })
    expect(status).toBe(73)
  })

  it('where a directory has the journal’s name, and says so', async () => {
    await using dir = await temporaryDirectory()
    const journal = join(dir.path, '.taskbeat', 'journal.jsonl')
    await mkdir(journal, { recursive: true })
    const { status, stderr } = await runCli([...quick, '--results-dir', dir.path])
    expect(status).toBe(73)
    expect(stderr).toContain(`${journal} cannot be written by uid`)
  })

  it('where a file has the staging area’s name, and says so', async () => {
    await using dir = await temporaryDirectory()
    const staging = join(dir.path, '.taskbeat', 'staging')
    await mkdir(join(dir.path, '.taskbeat'))
    await writeFile(staging, '')
    const { status, stderr } = await runCli([...quick, '--results-dir', dir.path])
    expect(status).toBe(73)
    expect(stderr).toContain(`${staging}/output_result_0 cannot be written by uid`)
  })
})

describe('what was there before', () => {
  it('a task that still runs keeps its results directory to itself; a killed one does not', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path]
    await using first = startCli([...args, '--stall-at', '1'])
    await until(() => exists(join(dir.path, 'progress')))
    const before = await readProgress(dir.path)
    const second = await runCli(args)
    expect(second.status).toBe(73)
    expect(second.stderr).toContain(`in use by the task of process ${first.child.pid}, which still runs`)
    expect(await readProgress(dir.path)).toEqual(before)
    first.child.kill('SIGKILL')
    await first.ended
    expect((await runCli(args)).status).toBe(0)
    expect(await readdir(join(dir.path, '.taskbeat'))).not.toContain('lock')
  })

  it('a result that another program cut short is written again', async () => {
    await using dir = await temporaryDirectory()
    const file = join(dir.path, 'output_result_0', 'sample_file_0.txt')
    await mkdir(join(dir.path, 'output_result_0'))
    await writeFile(file, Buffer.alloc(8_192))
    await truncate(file, 8_191)
    expect((await runCli([...quick, '--results-dir', dir.path])).status).toBe(0)
    expect((await stat(file)).size).toBe(8_192)
  })

  it('a copy of the progress file is not taken for an unfinished write', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path, '--num-of-results', '2']
    await runCli([...args, '--crash-at', '4'])
    const copy = await readFile(join(dir.path, 'progress'), 'utf8')
    await writeFile(join(dir.path, 'progress.20240101'), copy)
    expect((await runCli(args)).status).toBe(0)
    expect(await readFile(join(dir.path, 'progress.20240101'), 'utf8')).toBe(copy)
    expect(await readJournal(dir.path)).toContain('"attempt":2')
  })
})

it.each(['__proto__', 'constructor', 'toString'])('%s is no command', async (name) => {
  expect(await runCli([name])).toMatchObject({
    status: 64,
    stderr: expect.stringContaining(`unknown command '${name}'`),
  })
})
