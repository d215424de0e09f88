import { expect, it } from 'vitest'
import { attributeConventions } from '../../src/semconv/attributes.ts'
import { eventConventions } from '../../src/semconv/events.ts'
import { type MetricConvention, metricConventions } from '../../src/semconv/metrics.ts'
import { spanConventions } from '../../src/semconv/spans.ts'
import { correlationKeys } from '../../src/telemetry/correlation.ts'
import { type Received, startReceiver } from '../support/otlp-receiver.ts'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'

/** What arrives of a command, as a whole. */
const received = async (
  command: string,
  flags: readonly string[],
  rest: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
) => {
  await using directory = await temporaryDirectory()
  await using receiver = await startReceiver()
  const args = [command, '--dwell', '0', '--drain', '60', ...flags, ...rest]
  const env = { NVCT_RESULTS_DIR: directory.path, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl, ...more }
  const { stderr, status } = await runCli(args, { env })
  return { ...receiver.received, stderr, status }
}

/** A training that tells of everything. */
const telling = `
tell() { echo "$1" >>"$TASKBEAT_EVENTS"; }
tell '{"type":"span_start","id":"m","name":"model_initialization","attributes":{"layers":12}}'
tell '{"type":"span_end","id":"m","attributes":{"parameters":7}}'
tell '{"type":"span_start","id":"t","name":"training_loop","time":1789999999,"attributes":{"lr":0.1}}'
tell '{"type":"span_start","id":"i","name":"augment","parent":"t"}'
tell '{"type":"span_end","id":"i"}'
for i in 1 2 3; do tell "{\\"step\\":$i,\\"epoch\\":1,\\"loss\\":0.$i,\\"time\\":$((1790000000 + i * i))}"; done
tell '{"type":"span_start","id":"v","name":"validation_loop","parent":"t"}'
tell '{"type":"span_start","id":"b","name":"batch","parent":"v"}'
tell '{"type":"span_end","id":"b"}'
tell '{"type":"span_end","id":"v"}'
tell '{"type":"error","message":"no","error_type":"ValueError","stack":"here"}'
tell '{"type":"metric","name":"load","value":1,"attributes":{"request_id":"r"}}'
tell "{\\"type\\":\\"checkpoint_start\\",\\"time\\":$(date +%s.%N)}"; sleep 0.3
mkdir -p "$NVCT_RESULTS_DIR/checkpoint-3"; echo weights >"$NVCT_RESULTS_DIR/checkpoint-3/w"
tell '{"type":"checkpoint","dir":"checkpoint-3","step":3}'
tell '{"step":4,"loss":"NaN","time":1790000016}'
tell '{"type":"span_end","id":"t"}'
echo printed
`

it('a run has OneLogger’s spans in the task’s span, in place of those of the same names', async () => {
  const { spans, logs } = await received('run', ['--names', 'onelogger'], ['--', 'sh', '-c', telling])
  const byId = new Map(spans.map((span) => [span.spanId, span.name]))
  const tree = spans
    .filter(({ name }) => !/^taskbeat\.(checkpoint|segment|phase)$/.test(name))
    .map(({ name, scope, parentSpanId }) => [name, byId.get(parentSpanId), scope])
    .toSorted()
  expect(tree).toEqual([
    ['application', 'taskbeat.task', 'taskbeat.recorder'],
    // the loop begins with its first step, which was not told yet
    ['augment', 'application', 'taskbeat.workload'],
    ['batch', 'validation_loop', 'taskbeat.workload'],
    // it was looked at when the loop had ended
    ['checkpoint_save_sync', 'application', 'taskbeat.recorder'],
    ['model_initialization', 'application', 'taskbeat.recorder'],
    ['taskbeat.task', undefined, 'taskbeat'],
    ['training_loop', 'application', 'taskbeat.recorder'],
    ['validation_loop', 'training_loop', 'taskbeat.recorder'],
  ])
  const attributesOf = (name: string) => spans.find((span) => span.name === name)?.attributes
  expect(attributesOf('model_initialization')).toMatchObject({ layers: 12, parameters: 7 })
  expect(attributesOf('training_loop')).toMatchObject({ lr: 0.1, train_iterations_start: 0 })
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)

  // from when the training said that it saves, before it wrote anything
  for (const name of ['checkpoint_save_sync', 'taskbeat.checkpoint']) {
    const { startMs = 0, endMs = 0 } = spans.find((span) => span.name === name) ?? {}
    // both are cut to whole milliseconds
    expect(endMs - startMs, name).toBeGreaterThanOrEqual(299)
  }

  const updates = logs.filter(({ eventName }) => eventName === 'training_metrics_update')
  expect(updates.at(-1)?.attributes).toMatchObject({ num_iterations: 4 })
  // steps that say when they were have times of their own
  expect(updates.at(-1)?.attributes).toMatchObject({
    min_iteration_time_sec: expect.closeTo(2, 1),
    max_iteration_time_sec: expect.closeTo(7, 1),
  })
})

it.each(['run', 'simulate'])(
  'where %s sends no spans, all its log records are of one trace',
  async (command) => {
    const rest = command === 'run' ? ['--', 'sh', '-c', 'echo printed'] : ['--delay', '0.001']
    const { spans, logs } = await received(command, ['--names', 'onelogger'], rest, {
      OTEL_TRACES_EXPORTER: 'none',
    })
    expect(spans).toEqual([])
    const traces = new Set(logs.map(({ traceId }) => traceId))
    expect(traces.size).toBe(1)
    expect([...traces][0]).toMatch(/^[0-9a-f]{32}$/)
  },
)

it('a simulated training has OneLogger’s events, and TuFT’s metrics, if both are asked for', async () => {
  const flags = ['--names', 'onelogger,tuft', '--delay', '0.005', '--num-of-results', '2']
  const { spans, points, logs, status } = await received('simulate', flags)
  expect(status).toBe(0)
  const scope = 'taskbeat.recorder'
  const ofRecorder = logs.filter((log) => log.scope === scope).map(({ eventName }) => eventName)
  expect(ofRecorder).toEqual([
    'one_logger_initialization',
    ...['training_metrics_update', 'save_checkpoint_success', 'sync_checkpoint_metrics_update'],
    ...['training_metrics_update', 'save_checkpoint_success', 'sync_checkpoint_metrics_update'],
  ])
  expect(spans.filter((span) => span.scope === scope).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['application', 'training_loop', 'checkpoint_save_sync']),
  )
  const names = points.map(({ name }) => name).filter((name) => name.startsWith('tuft.'))
  const ofMachine = (name: string) => name.startsWith('tuft.resource.')
  expect(names.filter(ofMachine)).toEqual(
    expect.arrayContaining([
      'tuft.resource.memory.used_bytes',
      'tuft.resource.memory.total_bytes',
      'tuft.resource.memory.utilization_percent',
      'tuft.resource.process.memory_used_bytes',
    ]),
  )
  expect(new Set(names.filter((name) => !ofMachine(name)))).toEqual(
    new Set([
      'tuft.training.models.active',
      'tuft.training.checkpoints.saved',
      'tuft.training.checkpoint.size_bytes',
    ]),
  )
})

it('a name that is no preset is refused before anything starts', async () => {
  const { stderr, status } = await received('simulate', ['--names', 'wandb'])
  expect(status).toBe(64)
  expect(stderr).toContain("--names is 'wandb'")
  expect(stderr).toContain('tuft, onelogger, with commas between; or none')
})

const correlation = correlationKeys
const ours = new Set(['taskbeat', 'byoo'])

/** What is sent of ours and not listed, or not as it is listed. */
const unlisted = ({ spans, points, logs }: Received): readonly string[] => {
  const metrics: Readonly<Record<string, MetricConvention>> = metricConventions
  const check = (
    item: { readonly name: string; readonly attributes: object },
    listed: readonly string[] | undefined,
  ) => {
    if (!listed) return [item.name]
    return Object.keys(item.attributes)
      .filter((key) => !correlation.has(key) && !listed.includes(key))
      .map((key) => `${item.name}: ${key}`)
  }
  const own = <T extends { readonly scope: string }>(items: readonly T[]) =>
    items.filter(({ scope }) => ours.has(scope))
  return [
    ...own(spans).flatMap((span) => check(span, spanConventions[span.name]?.attributes)),
    ...own(logs).flatMap(({ eventName: name, attributes }) =>
      check({ name, attributes }, eventConventions[name]?.attributes),
    ),
    ...own(points)
      .filter(({ name }) => !/^taskbeat\.training\.[^.]+$/.test(name) || metrics[name])
      .flatMap((point) => check(point, metrics[point.name] && (metrics[point.name]?.attributes ?? []))),
  ]
}

it.each([
  { command: 'run', flags: ['--checkpoints', 'checkpoint-*'], rest: ['--', 'sh', '-c', telling] },
  { command: 'run', flags: ['--stall', '300ms'], rest: ['--', 'sh', '-c', 'exec sleep 60'] },
  { command: 'run', flags: [], rest: ['--', 'sh', '-c', 'echo "RuntimeError: no" >&2; exit 3'] },
  { command: 'simulate', flags: ['--delay', '0.001', '--num-of-results', '2', '--nan-at', '5'], rest: [] },
])('docs/telemetry.md lists all that is sent of $command $flags $rest', async ({ command, flags, rest }) => {
  expect([...new Set(unlisted(await received(command, flags, rest)))]).toEqual([])
})

it('every attribute that is listed of something is described', () => {
  const used = [
    ...Object.values(spanConventions).flatMap(({ attributes }) => attributes),
    ...Object.values(eventConventions).flatMap(({ attributes }) => attributes),
    ...Object.values<MetricConvention>(metricConventions).flatMap(({ attributes = [] }) => attributes),
  ]
  const elsewhere = new Set<string>([...correlation, 'taskbeat.rank', 'taskbeat.link', 'log.iostream'])
  const described = Object.keys(attributeConventions).filter((name) => !elsewhere.has(name))
  expect(described.filter((name) => !used.some((attribute) => attribute === name))).toEqual([])
})
