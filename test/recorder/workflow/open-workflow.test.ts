import { metrics as registry } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { expect, it } from 'vitest'
import {
  openWorkflow,
  type WorkflowMetric,
  type WorkflowOptions,
  workflowMetrics,
} from '../../../src/recorder/workflow/index.ts'
import { tuftMetrics } from '../../../src/semconv/tuft.ts'
import { manualClock } from '../../support/manual-clock.ts'

const metrics = Object.keys(workflowMetrics) as readonly WorkflowMetric[]

/** A workflow, and what the SDK would send of it. */
const open = (options: WorkflowOptions = {}) => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const lines: string[] = []
  const clock = manualClock()
  const workflow = openWorkflow({
    ...{ meter: provider.getMeter('test'), log: (line: string) => lines.push(line), clock },
    ...options,
  })
  const points = async () => {
    await provider.forceFlush()
    return exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor: { name, unit }, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({
          ...{ name, unit, attributes },
          value: typeof value === 'number' ? value : value.sum,
        })),
      )
  }
  return { workflow, lines, clock, points }
}

it.each(metrics)('%s is sent under its name, with its unit', async (metric) => {
  const { workflow, points } = open()
  workflow.record(metric, 2)
  const { unit } = workflowMetrics[metric]
  expect(await points()).toEqual([{ name: metric, unit, attributes: {}, value: 2 }])
})

it.each(metrics)('%s has TuFT’s name and unit for those who want it', async (metric) => {
  const { workflow, points } = open({ names: ['tuft'] })
  workflow.record(metric, 2)
  expect(await points()).toEqual([{ ...tuftMetrics[metric], attributes: {}, value: 2 }])
})

it('attributes have TuFT’s names too, and others stay', async () => {
  const { workflow, points } = open({ names: ['tuft'] })
  workflow.record('taskbeat.operations.completed', 1, {
    'taskbeat.operation.name': 'sample',
    'taskbeat.operation.status': 'ok',
    team: 'speech',
  })
  workflow.record('taskbeat.storage.operation.duration', 1, { 'taskbeat.operation.name': 'GET' })
  expect((await points()).map(({ attributes }) => attributes)).toEqual([
    { operation_type: 'sample', status: 'ready', team: 'speech' },
    { operation: 'GET' },
  ])
})

it('an id is refused once, with a word on where it belongs, and the value counts all the same', async () => {
  const { workflow, lines, points } = open()
  for (const id of ['a', 'b'])
    workflow.record('taskbeat.sampling.requests', 1, { request_id: id, 'taskbeat.model.base': 'm' })
  expect(lines).toEqual([
    "taskbeat: taskbeat.sampling.requests is recorded without 'request_id': each id would make a series of its own; put it on a span or an event",
  ])
  expect(await points()).toMatchObject([{ attributes: { 'taskbeat.model.base': 'm' }, value: 2 }])
})

it.each([
  { metric: 'taskbeat.sampling.requests', value: -1 },
  { metric: 'taskbeat.sampling.duration', value: Number.NaN },
  { metric: 'taskbeat.sampling.duration', value: -0.1 },
  { metric: 'taskbeat.sampling.sessions.active', value: Number.POSITIVE_INFINITY },
] as const)('$metric does not take $value, and says so once', async ({ metric, value }) => {
  const { workflow, lines, points } = open()
  for (const _ of [1, 2]) workflow.record(metric, value)
  expect(lines).toEqual([`taskbeat: ${metric} cannot take ${value}`])
  expect(await points()).toEqual([])
})

it('what is no metric of a workflow is refused, and a log that fails hurts nobody', async () => {
  const log = () => {
    throw new Error('gone')
  }
  const { workflow, points } = open({ log })
  workflow.record('taskbeat.training.loss' as WorkflowMetric, 1)
  expect(await points()).toEqual([])
})

const valuesOf = (points: readonly { name: string; attributes: object; value: number | undefined }[]) =>
  points.map(({ name, attributes, value }) => [
    name.replace('taskbeat.operations.', ''),
    Object.values(attributes).join(' '),
    value,
  ])

it('an operation that waits, runs and ends is counted in all its states', async () => {
  const { workflow, clock, points } = open()
  const first = workflow.operation('sample')
  clock.suspend(2_000)
  first.started()
  first.started()
  workflow.operation('sample')
  clock.suspend(3_000)
  first.ended()
  first.ended(new Error('too late'))
  expect(valuesOf(await points())).toEqual([
    ['created', 'sample', 2],
    ['queue.length', 'waiting', 1],
    ['queue.length', 'running', 0],
    ['wait_time', 'sample', 2],
    ['execution_time', 'sample', 3],
    ['completed', 'sample ok', 1],
  ])
})

it('an operation that fails before it started leaves the queue too', async () => {
  const { workflow, clock, points } = open()
  const operation = workflow.operation('save')
  clock.suspend(1_000)
  operation.ended(new TypeError('no'))
  operation.started()
  expect(valuesOf(await points())).toEqual([
    ['created', 'save', 1],
    ['queue.length', 'waiting', 0],
    ['wait_time', 'save', 1],
    ['completed', 'save error TypeError', 1],
  ])
})

it('a provider that is registered later is used from then on', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const workflow = openWorkflow()
  workflow.record('taskbeat.sampling.requests', 1)
  registry.setGlobalMeterProvider(provider)
  try {
    for (const _ of [1, 2]) workflow.record('taskbeat.sampling.requests', 1)
    await provider.forceFlush()
  } finally {
    registry.disable()
  }
  const [metric] = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics[0]?.metrics ?? [])
  expect(metric?.dataPoints.map(({ value }) => value)).toEqual([2])
})

it('nothing throws, whatever it is given', () => {
  const evil = new Proxy(new Error('x'), {
    getPrototypeOf: () => {
      throw new Error('no')
    },
  })
  const { workflow, lines } = open()
  for (const given of [null, Symbol('s'), evil] as never[]) {
    workflow.record('taskbeat.sampling.duration', 1, given)
    workflow.record('taskbeat.sampling.duration', given)
    workflow.operation(given).ended(given)
  }
  expect(lines).toContainEqual(expect.stringContaining('a metric is not recorded: '))
})
