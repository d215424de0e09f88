import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import yaml from 'yaml'
import { alertCases } from '../../scripts/observe/alert-cases.ts'
import { alerts, deviceXids, programXids } from '../../scripts/observe/alerts.ts'
import { queriesOf } from '../../scripts/observe/dashboard.ts'
import { fleetDashboard } from '../../scripts/observe/fleet-dashboard.ts'
import { generated } from '../../scripts/observe/generate.ts'
import { grafanaJson } from '../../scripts/observe/grafana.ts'
import { asking, grew, sumBy } from '../../scripts/observe/query.ts'
import { runDashboard } from '../../scripts/observe/run-dashboard.ts'
import { unitOf } from '../../scripts/observe/units.ts'
import { xidType } from '../../src/host/gpu/xid.ts'
import { metricName } from '../../src/naming/metric-name.ts'
import { taskMetrics } from '../../src/naming/our-metrics.ts'
import { type MetricConvention, metricConventions } from '../../src/semconv/metrics.ts'

const dashboards = [runDashboard, fleetDashboard]
const panels = dashboards.flatMap(({ uid, sections }) =>
  sections.flatMap((section) => section.panels.map((panel) => ({ uid, panel, title: panel.title }))),
)
const queries = [
  ...panels.flatMap(({ panel }) => queriesOf(panel).map(({ expr }) => expr)),
  ...alerts.map(({ expr }) => expr),
]

it.each(generated())(
  '$file is as the source says (node scripts/observe/generate.ts writes it)',
  ({ text, wanted }) => {
    expect(text).toBe(wanted)
  },
)

it('a query asks for metrics by what they are called in Prometheus, and for attributes by their labels', () => {
  const { of, rate, mean, targetInfo } = asking(['job="a"'], '5m')
  expect(of('taskbeat.training.loss')).toBe('taskbeat_training_loss_ratio{job="a"}')
  expect(rate('hw.errors', { 'error.type': { like: 'xid_.*' } })).toBe(
    'rate(hw_errors_total{job="a",error_type=~"xid_.*"}[5m])',
  )
  expect(mean('taskbeat.checkpoint.duration')).toBe(
    'sum by (instance) (rate(taskbeat_checkpoint_duration_seconds_sum{job="a"}[5m])) / sum by (instance) (rate(taskbeat_checkpoint_duration_seconds_count{job="a"}[5m]))',
  )
  expect(sumBy(['job', 'taskbeat.gpu.index'], targetInfo)).toBe(
    'sum by (job, taskbeat_gpu_index) (target_info{job="a"})',
  )
  expect(grew('a', '1m')).toBe('increase(a[1m]) > 0 or (a unless a offset 1m) > 0')
})

it('what is not in the registry cannot be asked for', () => {
  const { of, rate } = asking([], '5m')
  // @ts-expect-error there is no such metric
  expect(() => of('taskbeat.training.los')).toThrow()
  // @ts-expect-error the loss has no such attribute
  of('taskbeat.training.loss', { 'cpu.mode': 'user' })
  // @ts-expect-error a gauge has no rate
  rate('taskbeat.training.loss')
  // @ts-expect-error a histogram has no series of its name
  of('taskbeat.checkpoint.duration')
})

it('every name in a query is one that a task sends', () => {
  const named = taskMetrics([]).map((metric) =>
    metricName(metric, { namespace: '', strategy: 'UnderscoreEscapingWithSuffixes' }),
  )
  const known = new Set([
    ...named,
    ...named.flatMap((name) => [`${name}_sum`, `${name}_count`]),
    'target_info',
  ])
  const used = queries.flatMap((query) =>
    [...query.matchAll(/\b(?:taskbeat|task|hw|system|container|process|target)_[a-z_]+(?=[{[) ]|$)/g)].map(
      ([name]) => name,
    ),
  )
  const labels = new Set(
    Object.values<MetricConvention>(metricConventions).flatMap(({ attributes = [] }) =>
      attributes.map((attribute) => attribute.replaceAll('.', '_')),
    ),
  )
  const unknown = used.filter((name) => !known.has(name) && !labels.has(name))
  expect(used.length).toBeGreaterThan(100)
  expect([...new Set(unknown)]).toEqual(['taskbeat_rank'])
})

it.each([
  ['taskbeat.progress.age', 's'],
  ['hw.gpu.memory.usage', 'bytes'],
  ['taskbeat.progress.percent', 'percent'],
  ['hw.gpu.utilization', 'percentunit'],
  ['hw.temperature', 'celsius'],
  ['taskbeat.training.throughput', 'suffix: samples/s'],
  ['taskbeat.training.steps', 'short'],
] as const)('%s is shown in %s', (metric, unit) => {
  expect(unitOf(metric)).toBe(unit)
})

it('every panel says what to make of it, in a sentence', () => {
  for (const { panel, title } of panels) expect(panel.description, title).toMatch(/^[A-Z].{15,}[.]$/s)
})

it('no panel is there twice, and none lies upon another', () => {
  for (const dashboard of dashboards) {
    const { panels: drawn } = grafanaJson(dashboard) as {
      panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[]
    }
    expect(new Set(drawn.map(({ id }) => id)).size).toBe(drawn.length)
    const cells = drawn.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(drawn.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
    const titles = dashboard.sections.flatMap(({ title, panels: own }) =>
      own.map((panel) => `${title}: ${panel.title}`),
    )
    expect(new Set(titles).size).toBe(titles.length)
  }
})

it('every variable that a query has is one of its dashboard', () => {
  for (const dashboard of dashboards) {
    const { templating } = grafanaJson(dashboard) as { templating: { list: { name: string }[] } }
    const known = templating.list.map(({ name }) => name)
    const text = JSON.stringify(grafanaJson(dashboard))
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name)
    expect(used.filter((name) => !known.includes(name) && !name.startsWith('__'))).toEqual([])
  }
})

it('every alert is tried, and says who, what is wrong and what to do', () => {
  expect(Object.keys(alertCases).toSorted()).toEqual(alerts.map(({ name }) => name).toSorted())
  for (const { name, summary, remedy } of alerts) {
    expect(
      summary(() => '5'),
      name,
    ).toContain('{{ $labels.job }}')
    expect(remedy, name).toMatch(/^[A-Za-z].*\.$/)
  }
})

it('of every Xid that has a name it is known whose fault it is', () => {
  const named = Array.from({ length: 300 }, (_, code) => code).filter((code) => xidType(code) !== 'xid_other')
  expect([...programXids, ...deviceXids].toSorted((a, b) => a - b)).toEqual(named)
})

it('rules of Grafana are those of Prometheus, and have ids that it takes', () => {
  const [rules, grafana] = ['prometheus-rules', 'grafana-alerts'].map((file) =>
    yaml.parse(readFileSync(`samples/observe/alerts/${file}.yaml`, 'utf8')),
  )
  const wanted = rules.groups[0].rules.map(({ alert, expr }: { alert: string; expr: string }) => [
    alert,
    expr,
  ])
  const found = grafana.groups[0].rules.map(
    ({ uid, title, data }: { uid: string; title: string; data: { model: { expr: string } }[] }) => {
      expect(uid).toMatch(/^[a-z0-9_-]{1,40}$/)
      return [title, data[0]?.model.expr]
    },
  )
  expect(found).toEqual(wanted)
  // Grafana would put variables of its environment there
  expect(readFileSync('samples/observe/alerts/grafana-alerts.yaml', 'utf8')).not.toContain('${')
})

it('the viewers listen on this machine alone, and no two on the same port', () => {
  const { services } = yaml.parse(readFileSync('samples/observe/compose.yaml', 'utf8')) as {
    services: Record<string, { ports: readonly string[]; image: string }>
  }
  const ports = Object.values(services).flatMap(({ ports: own }) => own)
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  const hostPorts = ports.map((port) => port.split(':')[1])
  expect(new Set(hostPorts).size).toBe(hostPorts.length)
  for (const { image } of Object.values(services)) expect(image).toMatch(/:\d+\.\d+\.\d+$/)
})
