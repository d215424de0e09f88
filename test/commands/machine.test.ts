import { describe, expect, it } from 'vitest'
import { type MetricConvention, metricConventions } from '../../src/semconv/metrics.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'

const isLinux = process.platform === 'linux'

/** Uses a CPU for 0.3 s, in a child of its own. */
const burns = `node -e 'while (process.cpuUsage().user < 300000);'`

/** The metric points that arrive of a command, and what it printed. */
const received = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
  await using directory = await temporaryDirectory()
  await using receiver = await startReceiver()
  const env = {
    NVCT_RESULTS_DIR: directory.path,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl,
    TASKBEAT_DWELL: '0',
    TASKBEAT_DRAIN: '60',
    PATH: process.env.PATH ?? '',
    ...more,
  }
  const { stderr, status } = await runCli(args, { env })
  return { points: receiver.received.points, stderr, status }
}

const ofMachine = (name: string) =>
  /^(system|container|process|hw)\.|^taskbeat\.(cgroup|gpu|process)\./.test(name)

const run = (...flags: readonly string[]) => ['run', ...flags, '--', 'sh', '-c', `${burns}; true`]
const simulate = (...flags: readonly string[]) => ['simulate', '--delay', '0.005', ...flags]

describe.runIf(isLinux)('with a collector', () => {
  it('a run tells of the machine and of what the command used, to its last moment', async () => {
    const { points, status } = await received(run())
    expect(status).toBe(0)
    const names = new Set(points.map(({ name }) => name))
    for (const name of [
      'system.cpu.time',
      'system.memory.usage',
      'system.filesystem.limit',
      'process.cpu.time',
    ])
      expect(names).toContain(name)
    const user = points
      .filter(({ name, attributes }) => name === 'process.cpu.time' && attributes['cpu.mode'] === 'user')
      .at(-1)
    expect(user?.value).toBeGreaterThanOrEqual(0.25)
    // ours is not the workload's
    expect(user?.value).toBeLessThan(1.5)
  })

  it('a second rank on the same machine tells of its own processes only', async () => {
    const { points } = await received(run(), { RANK: '1', LOCAL_RANK: '1' })
    const names = points.map(({ name }) => name)
    expect(names).toContain('process.cpu.time')
    expect(names.filter((name) => /^(system|container|hw)\./.test(name))).toEqual([])
  })

  it('each point is as the registry says, and of the same resource as all others', async () => {
    const { points } = await received(simulate('--machine-interval', '100ms'))
    const own = points.filter(({ name }) => ofMachine(name))
    const metrics: Readonly<Record<string, MetricConvention>> = metricConventions
    for (const { name, unit, kind, attributes } of own) {
      const convention = metrics[name]
      expect(convention, name).toBeDefined()
      expect(unit).toBe(convention?.unit)
      expect(kind).toBe(convention?.kind === 'gauge' ? 'gauge' : 'sum')
      for (const key of Object.keys(attributes)) expect(convention?.attributes, name).toContain(key)
    }
    expect(own.filter(({ name }) => name === 'system.memory.limit').length).toBeGreaterThan(1)
    expect(new Set(points.map(({ resource }) => JSON.stringify(resource))).size).toBe(1)
  })

  it('counters are told as differences where those are wanted', async () => {
    const { points } = await received(simulate('--machine-interval', '200ms'), {
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    })
    const idle = points.filter(
      ({ name, attributes }) => name === 'system.cpu.time' && attributes['cpu.mode'] === 'idle',
    )
    expect(idle.length).toBeGreaterThan(1)
    // each since the one before
    const [starts, times] = [
      idle.map(({ json }) => json.startTimeUnixNano),
      idle.map(({ json }) => json.timeUnixNano),
    ]
    expect(starts.slice(1)).toEqual(times.slice(0, -1))
  })

  it.each([
    ['--no-host-metrics and --no-gpu-metrics', run('--no-host-metrics', '--no-gpu-metrics'), {}],
    ['a taskbeat within another', run(), { TASKBEAT_EVENTS: '/dev/null' }],
    ['no metrics at all', run(), { OTEL_METRICS_EXPORTER: 'none' }],
  ])('nothing is told of the machine with %s', async (_, args, env) => {
    const { points, status } = await received(args, env)
    expect(status).toBe(0)
    expect(points.map(({ name }) => name).filter(ofMachine)).toEqual([])
  })
})

it.each(['0s', '99ms', '2h', '600h', 'often'])(
  'an interval of %s is refused: it would take a CPU of its own, or never come',
  async (interval) => {
    const { status, stderr } = await received(simulate('--machine-interval', interval))
    expect(status).toBe(64)
    expect(stderr).toContain(
      `--machine-interval is '${interval}', but accepted is a duration from 100ms to 1h`,
    )
  },
)

it('on a terminal the machine is shown to those who ask only', async () => {
  const console = { OTEL_EXPORTER_OTLP_ENDPOINT: '' }
  const { stderr: silent } = await received(simulate(), console)
  expect(silent).not.toContain('metric  system.')
  const { stderr: asked } = await received(simulate('--host-metrics'), console)
  expect(asked).toContain('metric  system.')
})

it('without a GPU one line of debugging says so, and no other', async () => {
  const { stderr: silent } = await received(simulate())
  expect(silent).not.toContain('GPU')
  const { stderr: asked } = await received(simulate(), { TASKBEAT_DEBUG: '1' })
  expect(asked.match(/^taskbeat: no GPU is read.*$/gm) ?? []).toHaveLength(1)
})

it.runIf(isLinux)('a bridge tells of the machine if it is asked to', async () => {
  const bridge = ['bridge', '--interval', '200ms', '--until-done', '/', '--metrics-file', '/nowhere/m.json']
  const { points: asked } = await received([...bridge, '--host-metrics'])
  expect(asked.map(({ name }) => name)).toContain('system.memory.limit')
  const { points: silent } = await received(bridge)
  expect(silent.map(({ name }) => name).filter(ofMachine)).toEqual([])
})
