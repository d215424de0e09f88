interface AttributeConvention {
  readonly type: 'string' | 'int' | 'double' | 'boolean'
  readonly description: string
  readonly example: string | number
}

/** Every attribute that taskbeat puts on spans, log records and points. */
export const attributeConventions = {
  'taskbeat.run_id': { type: 'string', description: 'the run, across its attempts', example: '9552dfae-…' },
  'taskbeat.attempt': { type: 'int', description: 'one life of the run, from 1', example: 2 },
  'taskbeat.task_id': { type: 'string', description: '`NVCT_TASK_ID`', example: '0b52…' },
  'taskbeat.workload': { type: 'string', description: 'what trains', example: 'python' },
  'taskbeat.rank': { type: 'int', description: 'of a process among those of one training', example: 3 },
  'taskbeat.step': { type: 'int', description: 'a step of the training', example: 1_200 },
  'taskbeat.step.last': { type: 'int', description: 'the last step that was told', example: 1_250 },
  'taskbeat.steps.lost': {
    type: 'int',
    description: 'steps of the attempt before that no checkpoint holds',
    example: 50,
  },
  'taskbeat.epoch': { type: 'double', description: 'an epoch of the training', example: 2.5 },
  'taskbeat.checkpoint': { type: 'string', description: "a checkpoint's name", example: 'checkpoint-1200' },
  'taskbeat.checkpoint.size': { type: 'int', description: 'its bytes', example: 1_048_576 },
  'taskbeat.checkpoint.type': { type: 'string', description: 'the kind of a checkpoint', example: 'sampler' },
  'taskbeat.phase': { type: 'string', description: "a part of the task's end", example: 'last checkpoint' },
  'taskbeat.verdict': { type: 'string', description: 'how and why the task ended', example: 'completed …' },
  'taskbeat.oom_kills': { type: 'int', description: 'times that memory ran out', example: 1 },
  'taskbeat.error_lines': {
    type: 'string',
    description: 'the last lines of a failed command that look like its reason',
    example: 'RuntimeError: …',
  },
  'taskbeat.link': { type: 'string', description: 'what a link leads to', example: 'previous_attempt' },
  'taskbeat.signal': { type: 'string', description: '`traces`, `metrics` or `logs`', example: 'traces' },
  'taskbeat.outcome': { type: 'string', description: 'what became of telemetry', example: 'delivered' },
  'taskbeat.reason': { type: 'string', description: 'why something is not sent', example: 'metric.name' },
  'taskbeat.items.dropped': { type: 'int', description: 'how many items are missing', example: 37 },
  'taskbeat.model.base': {
    type: 'string',
    description: 'the model that is tuned or asked',
    example: 'Qwen3-8B',
  },
  'taskbeat.queue.state': { type: 'string', description: '`waiting` or `running`', example: 'waiting' },
  'taskbeat.operation.name': {
    type: 'string',
    description: 'the kind of an operation',
    example: 'forward_backward',
  },
  'taskbeat.operation.status': { type: 'string', description: '`ok` or `error`', example: 'ok' },
  'error.type': { type: 'string', description: 'the class of an error', example: 'RuntimeError' },
  'exception.type': { type: 'string', description: 'the class of an exception', example: 'ValueError' },
  'exception.message': { type: 'string', description: 'its message', example: 'out of memory' },
  'exception.stacktrace': { type: 'string', description: 'its stack', example: 'Traceback …' },
  'process.exit.code': { type: 'int', description: 'the exit status of the task', example: 137 },
  'log.iostream': { type: 'string', description: '`stdout` or `stderr`', example: 'stderr' },
  'file.name': {
    type: 'string',
    description: 'path of a file of a checkpoint',
    example: 'output_result_0/…',
  },
  'file.size_bytes': { type: 'int', description: 'its size', example: 1_048_576 },
  'file.full_blocks': { type: 'int', description: 'blocks that it was written in', example: 128 },
  'file.remainder_bytes': { type: 'int', description: 'bytes after the last whole block', example: 12 },
} as const satisfies Readonly<Record<string, AttributeConvention>>

export type AttributeName = keyof typeof attributeConventions
