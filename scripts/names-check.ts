/**
 * One point of each metric of ours into a Collector that runs already, and what it exposes of them held against what
 * `explain-names` says: `names-check.ts CONFIGURATION [FLAG…]`. The same names, types and labels, and no others.
 */
import { spawnSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { seedForm } from '../src/bridge/mapping/seed-form.ts'
import type { ExplainedExporter, ExportedMetric } from '../src/naming/explain-names.ts'
import { bridgeMetrics, type OurMetric, taskMetrics } from '../src/naming/our-metrics.ts'
import { encodePoints } from '../src/otlp/points/encode-points.ts'
import type { Point } from '../src/otlp/points/point.ts'
import { takerOf } from '../src/semconv/taker.ts'

const [configuration = '', ...flags] = process.argv.slice(2)
const receiver = 'http://127.0.0.1:4318/v1/metrics'
const page = 'http://127.0.0.1:8889/metrics'

const resource = (instance: string) => ({
  'service.name': 'names-check',
  'service.instance.id': instance,
  'host.name': 'here',
})

const valuesOf = ({ attributes }: OurMetric) =>
  Object.fromEntries(attributes.map((attribute) => [attribute, 'x']))

/** Through the SDK, as tasks do it. */
const sendTaskMetrics = async (metrics: readonly OurMetric[]) => {
  const exporter = new OTLPMetricExporter({ url: receiver })
  const provider = new MeterProvider({
    resource: resourceFromAttributes(resource('task')),
    readers: [new PeriodicExportingMetricReader({ exporter })],
  })
  const meter = provider.getMeter('taskbeat')
  for (const metric of metrics) {
    const { name, kind, unit, description } = metric
    takerOf(meter, kind, name, { unit, description })(1, valuesOf(metric))
  }
  await provider.shutdown()
}

const histogram = { count: 1, sum: 1, min: 1, max: 1, bounds: [1], counts: [1, 0] }

/** As the bridge writes them. */
const sendBridgeMetrics = async (metrics: readonly OurMetric[]) => {
  const timeMs = Date.now()
  const points = metrics.map((metric): Point => {
    const { name, kind, unit, description } = metric
    if (kind === 'updowncounter') throw new Error(`${name}: the bridge has none of these`)
    const series = { name, type: kind, unit, description, attributes: valuesOf(metric), timeMs }
    if (kind === 'gauge') return { ...series, value: 1 }
    return { ...series, startMs: timeMs - 1_000, value: kind === 'counter' ? 1 : histogram }
  })
  const origin = { resource: resource('bridge'), scope: { name: 'taskbeat.bridge', version: '1' } }
  const headers = { 'content-type': 'application/x-protobuf' }
  const body = Buffer.from(encodePoints(points, origin))
  const { status } = await fetch(receiver, { method: 'POST', headers, body })
  if (status !== 200) throw new Error(`the Collector answers ${status}`)
}

interface Family {
  readonly type: string
  readonly series: ReadonlySet<string>
  /** Of all its series. */
  readonly labels: ReadonlySet<string>
}

const unquoted = (name: string) => (name.startsWith('"') ? String(JSON.parse(name)) : name)
const label = /(?:^|,)("(?:[^"\\]|\\.)*"|\w+)(?:="(?:[^"\\]|\\.)*")?/g

/** `name{label="x"} 1`, or, where the name needs quotes, `{"name",label="x"} 1`. */
const parseSample = (line: string) => {
  const [, plain = '', inner = ''] = /^([^\s{]*)(?:\{(.*)\})?\s/.exec(line) ?? []
  const names = [...inner.matchAll(label)].map(([, name = '']) => unquoted(name))
  return plain === '' ? { name: names[0] ?? '', labels: names.slice(1) } : { name: plain, labels: names }
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
const parsePage = (text: string): ReadonlyMap<string, Family> => {
  const families = new Map<string, { type: string; series: Set<string>; labels: Set<string> }>()
  let family: { type: string; series: Set<string>; labels: Set<string> } | undefined
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE ("(?:[^"\\]|\\.)*"|\S+) (\S+)$/.exec(line) ?? []
    if (name !== undefined && type !== undefined) {
      family = { type, series: new Set(), labels: new Set() }
      families.set(unquoted(name), family)
    } else if (line !== '' && !line.startsWith('#')) {
      const sample = parseSample(line)
      family?.series.add(sample.name)
      for (const one of sample.labels) if (one !== 'le') family?.labels.add(one)
    }
  }
  return families
}

/** As Prometheus 3 asks, but in the text format, which keeps the type of every counter. */
const scrape = async () => {
  const headers = { accept: 'text/plain;version=1.0.0;escaping=allow-utf-8' }
  return parsePage(await (await fetch(page, { headers })).text())
}

const sorted = (names: Iterable<string>) => [...names].toSorted().join(', ')

const differences = (
  explained: ExplainedExporter,
  families: ReadonlyMap<string, Family>,
): readonly string[] => {
  const metrics = explained.metrics.filter((one): one is ExportedMetric => 'name' in one)
  const known = new Set([...metrics.map(({ name }) => name), explained.targetInfo])
  const wrong = metrics.flatMap(({ metric, name, type, series, labels }) => {
    const family = families.get(name)
    if (!family) return [`${metric}: there is no ${name}`]
    const pairs = [
      ['type', type, family.type],
      ['series', sorted(series), sorted(family.series)],
      ['labels', sorted([...labels, ...explained.labels]), sorted(family.labels)],
    ] as const
    return pairs
      .filter(([, said, found]) => said !== found)
      .map(([what, said, found]) => `${metric}: ${what} ${said}, but found ${found}`)
  })
  return [
    ...wrong,
    ...(families.has(String(explained.targetInfo)) ? [] : [`there is no ${explained.targetInfo}`]),
    ...[...families.keys()].filter((name) => !known.has(name)).map((name) => `${name} was not told`),
  ]
}

const { status, stdout, stderr } = spawnSync(
  process.execPath,
  ['src/cli.ts', 'explain-names', '--json', '--collector', configuration, ...flags],
  { encoding: 'utf8' },
)
if (status !== 0) throw new Error(`explain-names ended with ${status}: ${stderr}`)
const [explained]: readonly ExplainedExporter[] = JSON.parse(stdout).exporters
if (!explained) throw new Error('explain-names tells of no exporter')

const tasks = taskMetrics(flags.includes('tuft') ? ['tuft'] : [])
const bridge = bridgeMetrics(seedForm({ attributes: flags.includes('seed') ? 'seed' : 'job' }))
await Promise.all([sendTaskMetrics(tasks), sendBridgeMetrics(bridge)])

const deadline = Date.now() + 10_000
let found = await scrape()
// the Collector gathers for a moment before it exports
while (found.size <= tasks.length + bridge.length && Date.now() < deadline) {
  await setTimeout(50)
  found = await scrape()
}
const wrong = differences(explained, found)
const what = [explained.strategy, `namespace ${explained.namespace}`, ...flags].join(' ')
process.stdout.write(
  wrong.length === 0
    ? `ok       ${what}: ${explained.metrics.length} metrics, ${found.size} families\n`
    : `FAILED   ${what}\n${wrong.map((line) => `         | ${line}\n`).join('')}`,
)
if (wrong.length > 0) process.exitCode = 1
