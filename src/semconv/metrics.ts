import type { AttributeName } from './attributes.ts'

export type MetricKind = 'counter' | 'updowncounter' | 'gauge' | 'histogram'

/** What a metric of ours is, as OpenTelemetry's semantic conventions would say it. */
export interface MetricConvention {
  readonly kind: MetricKind
  /** As UCUM writes units, with `{…}` for what is counted. */
  readonly unit: string
  readonly description: string
  /** Of its points. Few values each, never an id. @default none */
  readonly attributes?: readonly AttributeName[]
  /** Upper bounds of a histogram's buckets. @default those of OpenTelemetry, which are for milliseconds */
  readonly boundaries?: readonly number[]
  /** @default 'taskbeat' */
  readonly scope?: 'byoo'
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]
const bytes = [10, 13, 16, 20, 23, 26, 30, 33, 36, 40].map((power) => 2 ** power)
const perSecond = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
const tokens = [0, 7, 10, 13, 17, 20].map((power) => 2 ** power)

/**
 * What a workflow of training and sampling counts and measures, whoever runs it: our own commands, a child process that
 * tells of them by these names, or a program with `taskbeat/recorder/workflow`.
 */
export const workflowMetrics = {
  'taskbeat.training.models.active': {
    kind: 'updowncounter',
    unit: '{model}',
    description: 'Models that are being trained',
    attributes: ['taskbeat.model.base'],
  },
  'taskbeat.training.token.throughput': {
    kind: 'histogram',
    unit: '{token}/s',
    description: 'Tokens trained per second, as often as it was told',
    attributes: ['taskbeat.model.base'],
    boundaries: perSecond,
  },
  'taskbeat.training.checkpoints.saved': {
    kind: 'counter',
    unit: '{checkpoint}',
    description: 'Checkpoints that were saved',
    attributes: ['taskbeat.checkpoint.type'],
  },
  'taskbeat.training.checkpoint.size': {
    kind: 'histogram',
    unit: 'By',
    description: 'Sizes of the checkpoints',
    attributes: ['taskbeat.checkpoint.type'],
    boundaries: bytes,
  },
  'taskbeat.sampling.sessions.active': {
    kind: 'updowncounter',
    unit: '{session}',
    description: 'Sampling sessions that are open',
    attributes: ['taskbeat.model.base'],
  },
  'taskbeat.sampling.requests': {
    kind: 'counter',
    unit: '{request}',
    description: 'Sampling requests that ended, with `error.type` those that failed',
    attributes: ['taskbeat.model.base', 'error.type'],
  },
  'taskbeat.sampling.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Time that a sampling request took',
    attributes: ['taskbeat.model.base', 'error.type'],
    boundaries: seconds,
  },
  'taskbeat.sampling.token.throughput': {
    kind: 'histogram',
    unit: '{token}/s',
    description: 'Tokens sampled per second',
    attributes: ['taskbeat.model.base'],
    boundaries: perSecond,
  },
  'taskbeat.sampling.output_tokens': {
    kind: 'histogram',
    unit: '{token}',
    description: 'Tokens that a sampling request gave',
    attributes: ['taskbeat.model.base'],
    boundaries: tokens,
  },
  'taskbeat.operations.queue.length': {
    kind: 'updowncounter',
    unit: '{operation}',
    description: 'Operations that have not ended: `waiting` or `running`',
    attributes: ['taskbeat.queue.state'],
  },
  'taskbeat.operations.created': {
    kind: 'counter',
    unit: '{operation}',
    description: 'Operations that were asked for',
    attributes: ['taskbeat.operation.name'],
  },
  'taskbeat.operations.completed': {
    kind: 'counter',
    unit: '{operation}',
    description: 'Operations that ended',
    attributes: ['taskbeat.operation.name', 'taskbeat.operation.status', 'error.type'],
  },
  'taskbeat.operations.wait_time': {
    kind: 'histogram',
    unit: 's',
    description: 'Time that an operation waited for its start',
    attributes: ['taskbeat.operation.name'],
    boundaries: seconds,
  },
  'taskbeat.operations.execution_time': {
    kind: 'histogram',
    unit: 's',
    description: 'Time that an operation ran',
    attributes: ['taskbeat.operation.name'],
    boundaries: seconds,
  },
  'taskbeat.storage.operation.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Time that an operation of a store took, such as `GET` of Redis',
    attributes: ['taskbeat.operation.name'],
    boundaries: seconds,
  },
} as const satisfies Readonly<Record<string, MetricConvention>>

/** What taskbeat tells of a task. */
const taskMetrics = {
  task_results_count: {
    kind: 'counter',
    unit: '1',
    description: 'Total task request',
    scope: 'byoo',
  },
  task_progress_gauge: {
    kind: 'gauge',
    unit: '%',
    description: 'Task completion percentage',
    scope: 'byoo',
  },
  'taskbeat.training.steps': { kind: 'counter', unit: '{step}', description: 'Steps trained' },
  'taskbeat.training.epoch': {
    kind: 'gauge',
    unit: '{epoch}',
    description: 'Epochs trained, with the part of the current one where that is told',
  },
  'taskbeat.training.loss': { kind: 'gauge', unit: '1', description: 'Training loss of the last step' },
  'taskbeat.training.learning_rate': {
    kind: 'gauge',
    unit: '1',
    description: 'Learning rate of the last step',
  },
  'taskbeat.training.throughput': {
    kind: 'gauge',
    unit: '{sample}/s',
    description: 'Samples trained per second',
  },
  'taskbeat.progress.percent': {
    kind: 'gauge',
    unit: '%',
    description: 'Part of the training that is done',
  },
  'taskbeat.progress.age': {
    kind: 'gauge',
    unit: 's',
    description: 'Time since the training last made progress',
  },
  'taskbeat.progress.time_to_go': {
    kind: 'gauge',
    unit: 's',
    description: 'Estimated time to the end of the training',
  },
  'taskbeat.checkpoint.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Time to write a checkpoint',
    boundaries: seconds,
  },
  'taskbeat.checkpoint.size': { kind: 'gauge', unit: 'By', description: 'Size of the last checkpoint' },
  'taskbeat.phase.duration': {
    kind: 'histogram',
    unit: 's',
    description: "Time that a part of the task's end took",
    attributes: ['taskbeat.phase'],
    boundaries: seconds,
  },
  'taskbeat.errors': {
    kind: 'counter',
    unit: '{error}',
    description: 'Errors that the workload told of',
    attributes: ['error.type'],
  },
  'taskbeat.workload.ignored': {
    kind: 'counter',
    unit: '{item}',
    description: 'What the workload told, and was not sent',
    attributes: ['taskbeat.reason'],
  },
  'taskbeat.telemetry.items': {
    kind: 'counter',
    unit: '{item}',
    description: 'What became of spans, metric points and log records on their way to the backend',
    attributes: ['taskbeat.signal', 'taskbeat.outcome', 'taskbeat.reason'],
  },
  'taskbeat.telemetry.queue.size': {
    kind: 'gauge',
    unit: 'By',
    description: 'Requests in memory that are not delivered yet',
  },
  'taskbeat.telemetry.spool.items': {
    kind: 'gauge',
    unit: '{item}',
    description: 'Items of this process that wait on disk',
    attributes: ['taskbeat.signal'],
  },
  'taskbeat.telemetry.oldest.age': {
    kind: 'gauge',
    unit: 's',
    description: 'For how long the oldest item that is not delivered has waited',
    attributes: ['taskbeat.signal'],
  },
} as const satisfies Readonly<Record<string, MetricConvention>>

/** Every metric that taskbeat names itself. */
export const metricConventions = { ...taskMetrics, ...workflowMetrics }

export type WorkflowMetric = keyof typeof workflowMetrics
export type MetricName = keyof typeof metricConventions

/** The metrics of a kind. */
export type MetricOf<K extends MetricKind> = {
  [N in MetricName]: (typeof metricConventions)[N]['kind'] extends K ? N : never
}[MetricName]

export const isWorkflowMetric = (name: string): name is WorkflowMetric => Object.hasOwn(workflowMetrics, name)
