import type { AttributeName } from './attributes.ts'

interface EventConvention {
  readonly severity: string
  /** What its body is. */
  readonly body: string
  readonly attributes: readonly AttributeName[]
}

/** Every log record that taskbeat names itself, by its event's name. */
export const eventConventions: Readonly<Record<string, EventConvention>> = {
  'taskbeat.task.started': {
    severity: 'INFO',
    body: '`task started: …`',
    attributes: ['taskbeat.steps.lost'],
  },
  'taskbeat.checkpoint.saved': {
    severity: 'INFO',
    body: '`Output result: output_result_0, task progress: 20%`',
    attributes: ['taskbeat.checkpoint', 'taskbeat.step', 'taskbeat.epoch', 'taskbeat.checkpoint.size'],
  },
  'taskbeat.message': {
    severity: 'INFO, WARN, ERROR',
    body: 'what people should read of the workload',
    attributes: [],
  },
  'taskbeat.training.diverged': {
    severity: 'WARN',
    body: '`loss is NaN at step 1200`, once',
    attributes: ['taskbeat.step'],
  },
  'taskbeat.workload.ignored': {
    severity: 'WARN',
    body: 'what is not sent, once for each `taskbeat.reason`',
    attributes: ['taskbeat.reason'],
  },
  'taskbeat.telemetry_data_error': {
    severity: 'WARN',
    body: '`37 spans are missing: …`, for each signal and reason once a minute',
    attributes: ['taskbeat.signal', 'taskbeat.items.dropped', 'taskbeat.reason'],
  },
  'taskbeat.task.ended': {
    severity: 'INFO, WARN, ERROR',
    body: "the verdict; as `taskbeat.verdict` also an event of the task's span",
    attributes: [
      'process.exit.code',
      'taskbeat.step.last',
      'taskbeat.checkpoint',
      'taskbeat.oom_kills',
      'taskbeat.error_lines',
      'taskbeat.verdict',
    ],
  },
  'taskbeat.canary': {
    severity: 'INFO',
    body: '`canary of taskbeat doctor`',
    attributes: ['taskbeat.canary'],
  },
  exception: {
    severity: 'ERROR',
    body: 'an error that the workload told',
    attributes: ['exception.type', 'exception.message', 'exception.stacktrace', 'taskbeat.rank'],
  },
}
