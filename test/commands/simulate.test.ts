import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'

const quick = ['simulate', '--delay', '0', '--steps-per-result', '3', '--file-size', '8192']

const readProgress = async (resultsDir: string) =>
  JSON.parse(await readFile(join(resultsDir, 'progress'), 'utf8'))

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('a simulated training', () => {
  it('writes the sample’s results, ends at 100 and shows all three signals to people', async () => {
    await using dir = await temporaryDirectory()
    const env = { NVCT_RESULTS_DIR: dir.path, NUM_OF_RESULTS: '3', NVCT_TASK_ID: 't-1', TASKBEAT_DWELL: '0' }
    const { status, stdout, stderr } = await runCli(quick, { env })
    expect(status).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/ span {4}create_file .*file\.size_bytes=8192 {2}file\.full_blocks=2/)
    expect(stderr).toMatch(/ log {5}INFO {2}Output result: output_result_1, task progress: 66%/)
    expect(stderr).toMatch(/ metric {2}task_results_count {2}3/)
    expect(stderr).toMatch(/ metric {2}task_progress_gauge {2}100 %/)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^taskbeat: completed at 100 % \(output_result_2\)/)

    expect(await readProgress(dir.path)).toMatchObject({
      taskId: 't-1',
      percentComplete: 100,
      name: 'output_result_2',
      metadata: { file_desc: 'test result for iteration 3', input_files: [], 'step-number': 9, epoch: 3 },
    })
    for (const index of [0, 1, 2]) {
      const content = await readFile(join(dir.path, `output_result_${index}`, `sample_file_${index}.txt`))
      expect(content.equals(Buffer.alloc(8192))).toBe(true)
    }
    const names = (await readdir(dir.path)).toSorted()
    expect(names).toEqual(['.taskbeat', 'output_result_0', 'output_result_1', 'output_result_2', 'progress'])
  })

  it('lists the input files in the metadata, and nothing at all without metadata', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(join(dir.path, 'models', 'deep'), { recursive: true })
    await writeFile(join(dir.path, 'models', 'deep', 'weights.bin'), '')
    const results = join(dir.path, 'results')
    const args = [...quick, '--results-dir', results, '--models-dir', join(dir.path, 'models')]
    await runCli(args)
    expect((await readProgress(results)).metadata.input_files).toEqual(['weights.bin'])
    const bare = join(dir.path, 'bare')
    await runCli([...args, '--results-dir', bare, '--no-metadata'])
    expect((await readProgress(bare)).metadata).toEqual({})
  })

  it('counts too few results and too small files as the sample does', async () => {
    await using dir = await temporaryDirectory()
    const { status } = await runCli([
      ...quick,
      '--results-dir',
      dir.path,
      '--num-of-results',
      '0',
      '--file-size',
      '10',
    ])
    expect(status).toBe(0)
    expect((await stat(join(dir.path, 'output_result_0', 'sample_file_0.txt'))).size).toBe(8192)
  })

  it('names no state with 0 percent, however many results there are', async () => {
    await using dir = await temporaryDirectory()
    const { status } = await runCli([...quick, '--results-dir', dir.path, '--num-of-results', '150'])
    expect(status).toBe(0)
    const journal = await readFile(join(dir.path, '.taskbeat', 'journal.jsonl'), 'utf8')
    const percents = journal
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'accepted')
      .map(({ percentComplete }) => percentComplete)
    expect(percents).toHaveLength(150)
    expect(percents[0]).toBe(1)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  })

  it('rewrites a metrics file for a sidecar', async () => {
    await using dir = await temporaryDirectory()
    const metricsFile = join(dir.path, 'shared', 'current.json')
    const env = { NVCT_RESULTS_DIR: join(dir.path, 'r'), METRICS_FILE_PATH: metricsFile, NUM_OF_RESULTS: '2' }
    await runCli(quick, { env })
    const document = JSON.parse(await readFile(metricsFile, 'utf8'))
    expect(document.job_metadata).toMatchObject({ model_name: 'simulated', start_time: expect.any(String) })
    expect(document.training_metrics).toMatchObject({
      epoch: 2,
      batch_number: 3,
      training_loss: expect.any(Number),
    })
    expect(Object.keys(document.training_metrics)).toEqual([
      ...['epoch', 'batch_number', 'training_loss', 'validation_loss', 'accuracy', 'learning_rate'],
      ...['gpu_utilization', 'processing_time_ms', 'samples_per_second'],
    ])
  })

  it('prints telemetry as JSON lines if asked', async () => {
    await using dir = await temporaryDirectory()
    const { stderr } = await runCli([...quick, '--results-dir', dir.path], {
      env: { TASKBEAT_CONSOLE: 'json' },
    })
    const items = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
    expect(new Set(items.map(({ signal }) => signal))).toEqual(new Set(['traces', 'metrics', 'logs']))
    expect(items.find(({ name }) => name === 'create_file').traceId).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('a fault on demand', () => {
  it('fails with status 1, without 100, its verdict last on stderr', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path, '--num-of-results', '3', '--fail-at', '5']
    const { status, stderr } = await runCli(args)
    const verdict = stderr.trimEnd().split('\n').at(-1) ?? ''
    expect(status).toBe(1)
    expect(verdict).toContain('failed with status 1 at 33 % (output_result_0): the training failed at step 5')
    expect(Buffer.byteLength(verdict)).toBeLessThanOrEqual(1024)
    expect(await readProgress(dir.path)).toMatchObject({ percentComplete: 33, name: 'output_result_0' })
  })

  it('dies at once when it is to crash, and a restart goes on where it was', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path, '--num-of-results', '3']
    expect(await runCli([...args, '--crash-at', '8'])).toMatchObject({ status: null, signal: 'SIGKILL' })
    const before = await readProgress(dir.path)
    const { status, stderr } = await runCli(args)
    expect(status).toBe(0)
    expect(stderr).toContain('attempt 2')
    // the two results of the first life are not written again
    expect(stderr.match(/create_file/g)).toHaveLength(1)
    expect(before.percentComplete).toBeLessThan(100)
    expect(await readProgress(dir.path)).toMatchObject({ percentComplete: 100, name: 'output_result_2' })
  })

  it('hangs with a beating heart when it is to stall', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path, '--stall-at', '2', '--heartbeat', '0.1']
    await using running = startCli(args)
    const { child, ended } = running
    await until(() => exists(join(dir.path, 'progress')))
    const { lastUpdatedAt } = await readProgress(dir.path)
    await until(async () => (await readProgress(dir.path)).lastUpdatedAt > lastUpdatedAt)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ status: 143, stderr: expect.stringContaining('hangs at step 2') })
  })

  it('goes on with a loss of NaN', async () => {
    await using dir = await temporaryDirectory()
    const { status, stderr } = await runCli([...quick, '--results-dir', dir.path, '--nan-at', '2'])
    expect(status).toBe(0)
    expect(stderr).toMatch(/log {5}ERROR {2}the loss is NaN from step 2 on/)
    expect((await readProgress(dir.path)).metadata.loss).toBe(null)
  })
})

describe('a signal', () => {
  it.each([
    { signal: 'SIGTERM', status: 143 },
    { signal: 'SIGINT', status: 130 },
    { signal: 'SIGHUP', status: 129 },
  ] as const)(
    '$signal ends the training with $status and leaves the last state',
    async ({ signal, status }) => {
      await using dir = await temporaryDirectory()
      const args = [
        'simulate',
        '--results-dir',
        dir.path,
        '--num-of-results',
        '2',
        '--stall-at',
        '60',
        '--delay',
        '0.001',
      ]
      await using running = startCli(args)
      const { child, ended } = running
      await until(
        async () => (await exists(join(dir.path, 'progress'))) && (await readProgress(dir.path)).name !== '',
      )
      child.kill(signal)
      const end = await ended
      expect(end.status).toBe(status)
      expect(end.stderr.trimEnd().split('\n').at(-1)).toContain(
        `stopped by ${signal} at 50 % (output_result_0)`,
      )
      expect(await readProgress(dir.path)).toMatchObject({ percentComplete: 50, name: 'output_result_0' })
    },
  )

  it('a second time ends it at once, though telemetry still waits for an answer', async () => {
    await using dir = await temporaryDirectory()
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : 0
    const env = {
      NVCT_RESULTS_DIR: dir.path,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http',
      TASKBEAT_DRAIN: '600',
    }
    await using running = startCli([...quick, '--stall-at', '2'], { env })
    const { child, ended } = running
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    await until(() => stderr.includes('hangs'))
    child.kill('SIGTERM')
    await until(() => stderr.includes('task stopped by SIGTERM'))
    child.kill('SIGINT')
    expect((await ended).status).toBe(130)
    silent.close()
  })
})

describe('what was there before', () => {
  it('a completed task is left alone, with a word about it', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path]
    await runCli(args)
    const before = await readFile(join(dir.path, 'progress'), 'utf8')
    const { status, stderr } = await runCli(args)
    expect(status).toBe(0)
    expect(stderr).toContain('the task was completed before')
    expect(await readFile(join(dir.path, 'progress'), 'utf8')).toBe(before)
  })

  it('the progress file of another task is refused and left as it is', async () => {
    await using dir = await temporaryDirectory()
    const foreign =
      '{"taskId":"other","percentComplete":40,"name":"x","lastUpdatedAt":"2026-11-20T10:00:00Z"}'
    await writeFile(join(dir.path, 'progress'), foreign)
    const env = { NVCT_RESULTS_DIR: dir.path, NVCT_TASK_ID: 'mine' }
    const { status, stderr } = await runCli(quick, { env })
    expect(status).toBe(73)
    expect(stderr).toContain('belongs to task other, but this is task mine')
    expect(await readFile(join(dir.path, 'progress'), 'utf8')).toBe(foreign)
  })

  it('an unreadable progress file is kept aside, reported and not trusted', async () => {
    await using dir = await temporaryDirectory()
    await writeFile(join(dir.path, 'progress'), '{"percentComplete": 4')
    const { status, stderr } = await runCli([...quick, '--results-dir', dir.path])
    expect(status).toBe(0)
    expect(stderr).toContain('said nothing usable: it is kept as')
    const aside = (await readdir(dir.path)).find((name) => name.startsWith('progress.corrupt-'))
    expect(await readFile(join(dir.path, aside ?? ''), 'utf8')).toBe('{"percentComplete": 4')
  })

  it('a result that another program left half-written is kept aside', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(join(dir.path, 'output_result_0'))
    await writeFile(join(dir.path, 'output_result_0', 'sample_file_0.txt'), '')
    const { status } = await runCli([...quick, '--results-dir', dir.path])
    expect(status).toBe(0)
    expect(
      (await readdir(dir.path)).filter((name) => name.startsWith('output_result_0.partial-')),
    ).toHaveLength(1)
    expect((await stat(join(dir.path, 'output_result_0', 'sample_file_0.txt'))).size).toBe(8192)
  })

  it('what a killed process left of an unfinished write is removed', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path, '--num-of-results', '2']
    await runCli([...args, '--crash-at', '4'])
    await writeFile(join(dir.path, 'progress.123456'), '{"half')
    await mkdir(join(dir.path, '.taskbeat', 'staging', 'output_result_1'), { recursive: true })
    expect((await runCli(args)).status).toBe(0)
    const names = await readdir(dir.path, { recursive: true })
    expect(names.filter((name) => name.includes('progress.') || name.includes('staging/'))).toEqual([])
  })
})

describe('a disk that refuses', () => {
  it.each([
    { what: 'a file in place of the results directory', path: 'file' },
    { what: 'a file on the way to it', path: 'file/results' },
  ])('$what ends with 73, path, user and remedy', async ({ path }) => {
    await using dir = await temporaryDirectory()
    await writeFile(join(dir.path, 'file'), '')
    const { status, stderr } = await runCli([...quick, '--results-dir', join(dir.path, path)])
    expect(status).toBe(73)
    expect(stderr).toContain(join(dir.path, path))
    expect(stderr).toContain(`uid ${process.getuid?.()}`)
    expect(stderr).toContain('name a directory')
  })

  it('a directory nobody may write in ends with 73 and says who to be', async () => {
    const { status, stderr } = await runCli([...quick, '--results-dir', '/proc/taskbeat'])
    expect(status).toBe(73)
    expect(stderr).toContain('/proc/taskbeat cannot be written by uid')
  })

  it('a directory in place of the progress file ends with 73', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(join(dir.path, 'progress'))
    const { status, stderr } = await runCli([...quick, '--results-dir', dir.path])
    expect(status).toBe(73)
    expect(stderr).toContain('a directory has that name')
  })

  it('full in the middle of a checkpoint ends with 73 and leaves neither a part of it nor another state', async () => {
    await using dir = await temporaryDirectory()
    const args = [...quick, '--results-dir', dir.path, '--file-size', '100000']
    const { status, stderr } = await runCli(args, { shell: 'ulimit -f 64; exec "$@"' })
    expect(status).toBe(73)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/failed with status 73 at 0 %: .*\(EFBIG\)/)
    expect(await readProgress(dir.path)).toMatchObject({ percentComplete: 0, name: '' })
    expect((await readdir(dir.path)).toSorted()).toEqual(['.taskbeat', 'progress'])
  })

  it('full in the middle of the progress file keeps the state before, whole, and tries again', async () => {
    await using dir = await temporaryDirectory()
    const models = join(dir.path, 'models')
    await mkdir(models)
    for (let count = 0; count < 300; count += 1)
      await writeFile(join(models, `${count}-${'x'.repeat(100)}`), '')
    const results = join(dir.path, 'results')
    const args = [
      ...quick,
      '--results-dir',
      results,
      '--models-dir',
      models,
      '--num-of-results',
      '2',
      '--stall-at',
      '5',
    ]
    await using running = startCli(args, { shell: 'ulimit -f 16; exec "$@"' })
    const { child, ended } = running
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    await until(() => /progress cannot be written .*EFBIG.*; trying again/.test(stderr))
    expect(await readProgress(results)).toMatchObject({ percentComplete: 0, name: '' })
    child.kill('SIGTERM')
    const end = await ended
    expect(end.status).toBe(143)
    expect(end.stderr).toContain('1 more to be announced by a restart')
    expect(await readProgress(results)).toMatchObject({ percentComplete: 0, name: '' })
    // with room again, a restart announces what had to wait
    expect((await runCli([...args.slice(0, -2)])).status).toBe(0)
    expect(await readProgress(results)).toMatchObject({ percentComplete: 100, name: 'output_result_1' })
  })
})

describe('wrong use', () => {
  it.each([
    { args: [], status: 64, says: 'taskbeat simulate' },
    { args: ['simulat'], status: 64, says: "unknown command 'simulat'; did you mean 'simulate'?" },
    { args: ['simulate', '--num-of-result', '1'], status: 64, says: 'did you mean --num-of-results?' },
    { args: ['simulate', '--delay', 'x'], status: 64, says: "--delay is 'x'" },
    { args: ['simulate', '--config', '/nowhere.yaml'], status: 78, says: '/nowhere.yaml' },
  ])('$args ends with $status', async ({ args, status, says }) => {
    const end = await runCli(args)
    expect(end.status).toBe(status)
    expect(end.stderr).toContain(says)
    expect(end.stdout).toBe('')
  })

  it.each([
    { env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, says: "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json'" },
    { env: { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'tcp' }, says: 'accepted is grpc, http or http/protobuf' },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: '::' }, says: "OTEL_EXPORTER_OTLP_ENDPOINT is '::'" },
    { env: { NUM_OF_RESULTS: '-3' }, says: "NUM_OF_RESULTS is '-3'" },
    { env: { DELAY_BETWEEN_RESULTS_IN_MINUTES: 'one' }, says: "DELAY_BETWEEN_RESULTS_IN_MINUTES is 'one'" },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://h:1', OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem' },
      says: "CERTIFICATE is '/nowhere.pem' (ENOENT)",
    },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://h:1', OTEL_EXPORTER_OTLP_CLIENT_KEY: '/nowhere.pem' },
      says: 'CLIENT_KEY is set alone',
    },
  ])('$env ends with 78 before the training starts', async ({ env, says }) => {
    await using dir = await temporaryDirectory()
    const end = await runCli(['simulate'], { env: { ...env, NVCT_RESULTS_DIR: dir.path } })
    expect(end.status).toBe(78)
    expect(end.stderr).toContain(says)
    expect(await exists(join(dir.path, 'output_result_0'))).toBe(false)
  })

  it('settings come from taskbeat.yaml in the working directory, below flags and environment', async () => {
    await using dir = await temporaryDirectory()
    await writeFile(
      join(dir.path, 'taskbeat.yaml'),
      'resultsDir: ./here\nnumOfResults: 3\nstepsPerResult: 2\n',
    )
    const end = await runCli(['simulate', '--delay', '0', '--num-of-results', '2'], { cwd: dir.path })
    expect(end.status).toBe(0)
    expect(await readProgress(join(dir.path, 'here'))).toMatchObject({ name: 'output_result_1' })
  })
})

describe('help', () => {
  it('shows an example first, then every flag', async () => {
    const { status, stdout } = await runCli(['simulate', '--help'])
    expect(status).toBe(0)
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'Example:',
      expect.stringContaining('taskbeat simulate --'),
    ])
    expect(stdout).toContain('--num-of-results')
    expect(stdout).toContain('--[no-]metadata')
  })

  it('tells the version', async () => {
    expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
