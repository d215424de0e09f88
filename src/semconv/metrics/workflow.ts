import { seconds } from './boundaries.ts'
import type { MetricConvention } from './convention.ts'

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
