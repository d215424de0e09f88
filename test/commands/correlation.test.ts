import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { correlationKeys } from '../../src/telemetry/correlation.ts'
import { documentWith } from '../bridge/seed-document.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'
import { only } from '../task-record/recording.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = '00f067aa0ba902b7'

const tell = (...lines: object[]) =>
  lines.map((line) => `echo '${JSON.stringify(line)}' >>"$TASKBEAT_EVENTS"`).join('; ')

const commands = [
  {
    name: 'simulate',
    args: ['simulate', '--delay', '0', '--num-of-results', '2', '--file-size', '8192'],
    is: 'a simulated training',
  },
  {
    name: 'run',
    args: [
      ...['run', '--', 'sh', '-c'],
      [
        'echo printed',
        tell({ step: 1, loss: 0.5 }, { type: 'event', name: 'mine' }),
        tell({ type: 'span_start', id: '1', name: 'work' }, { type: 'span_end', id: '1' }),
        'mkdir $NVCT_RESULTS_DIR/c-1; echo w >$NVCT_RESULTS_DIR/c-1/w',
        tell({ type: 'checkpoint', dir: 'c-1' }),
      ].join('; '),
    ],
    is: 'a command',
  },
] as const

describe.concurrent.each(commands)('the correlation keys of $is', ({ args }) => {
  it('are on every span and log record, and on no metric; the trace is the caller’s', async () => {
    await using receiver = await startReceiver()
    await using dir = await temporaryDirectory()
    const env = {
      NVCT_RESULTS_DIR: dir.path,
      NVCT_TASK_ID: 't-1',
      TASKBEAT_DWELL: '0',
      TASKBEAT_RUN_ID: 'run-1',
      TASKBEAT_OPERATION_TYPE: 'forward_backward',
      TRACEPARENT: `00-${traceId}-${parent}-01`,
      BAGGAGE: 'taskbeat.session_id=sess-42,taskbeat.request_id=req-7',
      // as a taskbeat around us would have it
      OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.run_id=outer,team=speech',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl,
    }
    const { status, stderr } = await runCli(args, { env })
    expect(status, stderr).toBe(0)
    const { spans, logs, points } = receiver.received
    expect(spans.length).toBeGreaterThan(2)
    expect(logs.length).toBeGreaterThan(2)
    expect(points.length).toBeGreaterThan(5)
    for (const { attributes } of [...spans, ...logs]) {
      expect(attributes).toMatchObject({
        'taskbeat.run_id': 'run-1',
        'taskbeat.attempt': 1,
        'taskbeat.task_id': 't-1',
        'taskbeat.session_id': 'sess-42',
        'taskbeat.request_id': 'req-7',
        'taskbeat.operation_type': 'forward_backward',
      })
    }
    for (const { attributes, resource } of points) {
      expect(resource.team).toBe('speech')
      const named = [...Object.keys(attributes), ...Object.keys(resource)]
      expect(named.filter((key) => correlationKeys.has(key))).toEqual([])
    }
    expect(only(spans, 'taskbeat.task')).toMatchObject({ traceId, parentSpanId: parent })
    const checkpoints = spans.filter(({ name }) => name === 'taskbeat.checkpoint')
    expect(checkpoints.map(({ attributes }) => attributes['taskbeat.checkpoint'])).not.toContain(undefined)
    expect(checkpoints.length).toBeGreaterThan(0)
  })
})

describe.concurrent('TASKBEAT_DEBUG=1', () => {
  const marks = [/ span {4}/, / metric {2}/, / log {5}/]

  it.each(commands)('lets $name send everything to the console as well', async ({ args }) => {
    await using receiver = await startReceiver()
    await using dir = await temporaryDirectory()
    const env = { TASKBEAT_DEBUG: '1', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl }
    const { status, stderr } = await runCli(args, { env: { NVCT_RESULTS_DIR: dir.path, ...env } })
    expect(status).toBe(0)
    for (const mark of marks) expect(stderr).toMatch(mark)
    const { spans, logs, points } = receiver.received
    for (const items of [spans, logs, points]) expect(items.length).toBeGreaterThan(0)
  })

  it('does so for run without an endpoint, and as telemetry.debug of the file', async () => {
    await using dir = await temporaryDirectory()
    await writeFile(join(dir.path, 'taskbeat.yaml'), 'telemetry: {debug: true}\n')
    const { stderr } = await runCli(['run', '--results-dir', dir.path, '--', 'echo', 'printed'], {
      cwd: dir.path,
    })
    for (const mark of marks) expect(stderr).toMatch(mark)
  })

  it('lets bridge send everything to the console as well', async () => {
    await using receiver = await startReceiver()
    await using dir = await temporaryDirectory()
    const metricsFile = join(dir.path, 'current.json')
    await writeFile(
      metricsFile,
      JSON.stringify(
        documentWith({ timestamp: new Date().toISOString(), metrics: { epoch: 1, training_loss: 0.5 } }),
      ),
    )
    const env = {
      METRICS_FILE_PATH: metricsFile,
      COLLECTION_INTERVAL: '0.2',
      TASKBEAT_DEBUG: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl,
    }
    await using bridge = startCli(['bridge', '--state-dir', join(dir.path, 'state')], { env })
    await until(() => receiver.received.points.length > 0)
    bridge.child.kill('SIGTERM')
    const { status, stderr } = await bridge.ended
    expect(status).toBe(0)
    expect(stderr).toMatch(/ metric {2}ml\.training\.loss {2}0\.5/)
  })
})

describe.concurrent('the environment of a command', () => {
  const environmentOf = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    await using dir = await temporaryDirectory()
    const command = ['--', 'env']
    const { stdout } = await runCli(
      ['run', '--results-dir', dir.path, '--run-id', 'r', ...args, ...command],
      {
        env,
      },
    )
    return Object.fromEntries(
      stdout
        .split('\n')
        .filter((line) => /^(OTEL|TRACE|BAGGAGE)/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
  }

  it('names the run where nothing is sent, too', async () => {
    expect(await environmentOf([], {})).toEqual({
      OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.run_id=r,taskbeat.attempt=1',
      BAGGAGE: 'taskbeat.run_id=r,taskbeat.attempt=1',
    })
  })

  it('has the outer trace state in the outer trace only', async () => {
    const outer = { TRACESTATE: 'vendor=1', TRACEPARENT: `00-${traceId}-${parent}-00` }
    const flags = ['--endpoint', 'http://127.0.0.1:9', '--drain', '0']
    expect(await environmentOf(flags, outer)).toMatchObject({
      TRACEPARENT: expect.stringContaining(traceId),
      TRACESTATE: 'vendor=1',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    })
    const broken = await environmentOf(flags, { ...outer, TRACEPARENT: 'nonsense' })
    expect(broken.TRACEPARENT).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/)
    expect(broken).not.toHaveProperty('TRACESTATE')
  })
})
