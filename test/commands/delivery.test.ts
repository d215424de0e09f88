import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openReceiver } from '../../src/emulator/receiver.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'

const nowhere = 'http://127.0.0.1:1'

const sh = (script: string) => ['--', 'sh', '-c', script]

/** A task that says something, with a collector that is not there. */
const runInVain = (dir: string, script = 'echo one; echo two; exit 3', env = {}) =>
  runCli(
    [
      'run',
      '--results-dir',
      dir,
      '--results',
      'none',
      '--endpoint',
      nowhere,
      '--drain',
      '0.3',
      ...sh(script),
    ],
    {
      env,
    },
  )

/** Numbers in the line that says what waits: spans, points, records. */
const waitingIn = (stderr: string) =>
  /taskbeat: (\d+) spans, (\d+) points, (\d+) records wait in (.+); taskbeat replay/
    .exec(stderr)
    ?.slice(1, 4)
    .map(Number)

/** All files below a directory, as one text. */
const contentOf = async (dir: string) => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

describe.concurrent('telemetry that could not be delivered', () => {
  it('is delivered by the next start, as what it was', async () => {
    await using dir = await temporaryDirectory()
    await using receiver = await startReceiver()
    const first = await runInVain(dir.path)
    expect(first.status).toBe(3)
    expect(waitingIn(first.stderr)).toHaveLength(3)

    const flags = ['run', '--results-dir', dir.path, '--results', 'none', '--endpoint', receiver.grpcUrl]
    const second = await runCli([...flags, ...sh('sleep 2')])
    expect(second.status).toBe(0)
    const { spans, logs, points } = receiver.received
    const ofFirst = (item: { readonly attributes: object }) =>
      'taskbeat.attempt' in item.attributes && item.attributes['taskbeat.attempt'] === 1
    expect([spans.filter(ofFirst).length, logs.filter(ofFirst).length]).toEqual([
      waitingIn(first.stderr)?.[0],
      waitingIn(first.stderr)?.[2],
    ])
    const instances = new Set(points.map(({ resource }) => resource['service.instance.id']))
    expect(instances.size).toBe(2)
    for (const signal of ['traces', 'metrics', 'logs'] as const)
      expect(receiver.ledger.summary().signals[signal].duplicates, signal).toBe(0)
    await expect(readdir(join(dir.path, '.taskbeat', 'spool'))).rejects.toThrow('ENOENT')
  })

  it('is delivered by replay, once, over the other protocol', async () => {
    await using dir = await temporaryDirectory()
    await using receiver = await startReceiver()
    const [spans, points, records] = waitingIn((await runInVain(dir.path)).stderr) ?? []
    const replay = ['replay', dir.path, '--endpoint', receiver.httpUrl, '--protocol', 'http']
    const { status, stderr } = await runCli(replay)
    expect(status, stderr).toBe(0)
    const { received } = receiver
    expect([received.spans.length, received.points.length, received.logs.length]).toEqual([
      spans,
      points,
      records,
    ])
    const again = await runCli(replay)
    expect([again.status, again.stderr.trim().split('\n').length]).toEqual([0, 1])
    expect(receiver.received.spans).toHaveLength(spans ?? 0)
  })

  it('is on disk without headers and secrets', async () => {
    await using dir = await temporaryDirectory()
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cr3t-header',
      API_TOKEN: 's3cr3t-value',
    }
    const { stderr } = await runInVain(dir.path, 'echo "token is $API_TOKEN"; exit 3', env)
    const content = await contentOf(join(dir.path, '.taskbeat', 'spool'))
    expect(content).toContain('token is')
    expect(content).not.toContain(nowhere.slice('http://'.length))
    for (const text of [content, stderr]) expect(text).not.toMatch(/s3cr3t-(header|value)/)
  })

  it('is lost, counted and told where the disk takes nothing, and the command ends as it would', async () => {
    await using dir = await temporaryDirectory()
    await writeFile(join(dir.path, 'a-file'), '')
    const { status, stderr } = await runInVain(dir.path, undefined, {
      TASKBEAT_SPOOL_DIR: join(dir.path, 'a-file', 'spool'),
    })
    expect(status).toBe(3)
    expect(stderr.match(/telemetry cannot be kept in .*a-file.spool \(ENOTDIR\)/g)).toHaveLength(1)
    expect(stderr).toMatch(/telemetry lost: \d+ spans, \d+ points, \d+ records/)
    const { telemetry } = JSON.parse(await readFile(join(dir.path, '.taskbeat', 'summary.json'), 'utf8'))
    for (const { emitted, delivered, waiting, dropped } of telemetry) {
      expect([delivered, waiting]).toEqual([0, 0])
      expect(Object.values<number>(dropped).reduce((sum, items) => sum + items, 0)).toBe(emitted)
    }
  })

  it('a spool that is none costs a line, and nothing else', async () => {
    await using dir = await temporaryDirectory()
    await using receiver = await startReceiver()
    const spool = join(dir.path, 'spool')
    await writeFile(spool, '')
    const args = ['simulate', '--results-dir', dir.path, '--endpoint', receiver.grpcUrl, '--spool-dir', spool]
    const { status, stderr } = await runCli([...args, '--num-of-results', '1', '--delay', '0.01'])
    expect(status, stderr).toBe(0)
    expect(stderr.match(/telemetry cannot be kept in/g)).toHaveLength(1)
    expect(stderr).toMatch(/traces +(\d+) spans: \1 delivered to /)
  })

  it('of earlier attempts survives a run with a wrong key', async () => {
    await using dir = await temporaryDirectory()
    await using receiver = await startReceiver()
    const [spans = 0] = waitingIn((await runInVain(dir.path)).stderr) ?? []
    await using strict = await openReceiver({
      decide: () => ({ kind: 'refuse', httpStatus: 401, grpcStatus: 16, message: 'who are you?' }),
    })
    const again = ['run', '--results-dir', dir.path, '--results', 'none', '--endpoint', strict.grpcUrl]
    expect((await runCli([...again, ...sh('sleep 1; exit 3')])).status).toBe(3)
    expect((await runCli(['replay', dir.path, '--endpoint', receiver.grpcUrl])).status).toBe(0)
    expect(receiver.received.spans).toHaveLength(spans)
  })

  it('is kept also when an exception that nobody caught ends the process', async () => {
    await using dir = await temporaryDirectory()
    const fault = encodeURIComponent('setTimeout(() => { throw new Error("out of the blue") }, 1500)')
    const args = ['simulate', '--results-dir', dir.path, '--endpoint', nowhere, '--drain', '0.3']
    const { status, stderr } = await runCli([...args, '--num-of-results', '100', '--delay', '0.05'], {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${fault}` },
    })
    expect(status, stderr).toBe(70)
    expect(stderr).toContain('out of the blue')
    expect(waitingIn(stderr)).toHaveLength(3)
    expect(await readdir(join(dir.path, '.taskbeat', 'spool'))).toHaveLength(1)
  })
})

describe.concurrent('with a collector that works', () => {
  it('nothing is ever written to the spool', async () => {
    await using dir = await temporaryDirectory()
    await using receiver = await startReceiver()
    const flags = ['run', '--results-dir', dir.path, '--endpoint', receiver.grpcUrl]
    const { stderr } = await runCli([...flags, ...sh('echo one')])
    expect(waitingIn(stderr)).toBeUndefined()
    await expect(readdir(join(dir.path, '.taskbeat', 'spool'))).rejects.toThrow('ENOENT')
  })

  it('the stock exporters deliver the same', async () => {
    await using dir = await temporaryDirectory()
    await using receiver = await startReceiver()
    const flags = ['run', '--results-dir', dir.path, '--endpoint', receiver.grpcUrl]
    await runCli([...flags, ...sh('echo one')], { env: { TASKBEAT_DELIVERY: 'direct' } })
    expect(receiver.received.logs.map(({ body }) => body)).toContain('one')
    expect(receiver.received.spans.map(({ name }) => name)).toContain('taskbeat.task')
  })
})
