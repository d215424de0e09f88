import { seconds } from './boundaries.ts'
import type { MetricConvention } from './convention.ts'

/** What taskbeat tells of a task. */
export const taskMetrics = {
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
  'taskbeat.canary': {
    kind: 'gauge',
    unit: '1',
    description: '1, sent by `taskbeat doctor` to see whether metrics arrive',
    attributes: ['taskbeat.canary'],
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
