import { join } from 'node:path'
import { optional, setting } from '../row.ts'
import { decimal, oneOf, onOff, path, text } from '../value.ts'

/** A correlation key of the run. */
const correlation = (name: 'session' | 'request' | 'operation type', example: string, doc: string) => {
  const env = name === 'operation type' ? 'OPERATION_TYPE' : `${name.toUpperCase()}_ID`
  return optional({
    kind: text,
    group: 'progress',
    env: `TASKBEAT_${env}`,
    defaultText: `\`taskbeat.${env.toLowerCase()}\` of \`BAGGAGE\``,
    example,
    doc,
  })
}

/** The progress file, and the run that it belongs to. */
export const progress = {
  resultsDir: setting({
    kind: path,
    group: 'progress',
    flag: 'results-dir',
    env: 'NVCT_RESULTS_DIR',
    default: '/var/task/results',
    example: './results',
    doc: 'where checkpoints and the progress file go',
  }),
  progressFile: setting({
    kind: path,
    group: 'progress',
    flag: 'progress-file',
    env: 'NVCT_PROGRESS_FILE_PATH',
    default: ({ resultsDir }) => join(resultsDir, 'progress'),
    defaultText: '`<results>/progress`',
    example: './results/progress',
    doc: 'the progress file',
  }),
  results: setting({
    kind: oneOf('upload', 'none'),
    group: 'progress',
    flag: 'results',
    env: 'TASKBEAT_RESULTS',
    default: 'upload',
    example: 'none',
    doc: "the task's result strategy, which the platform does not tell; `none` lets percent move alone",
  }),
  heartbeatSeconds: setting({
    kind: decimal({ min: 0.1, max: 150 }),
    group: 'progress',
    flag: 'heartbeat',
    env: 'TASKBEAT_HEARTBEAT',
    default: 60,
    example: '30',
    doc: 'seconds between two writes of `lastUpdatedAt`',
  }),
  dwellSeconds: setting({
    kind: decimal({ min: 0, max: 3600 }),
    group: 'progress',
    flag: 'dwell',
    env: 'TASKBEAT_DWELL',
    default: ({ taskId }) => (taskId === undefined ? 0 : 6),
    defaultText: '6 with `NVCT_TASK_ID`, else 0',
    example: '6',
    doc: 'least seconds that a state stays in the progress file: the platform looks every 5 s',
  }),
  runId: optional({
    kind: text,
    group: 'progress',
    flag: 'run-id',
    env: 'TASKBEAT_RUN_ID',
    defaultText: 'kept in the results directory',
    example: 'llama-7b-3',
    doc: 'name of the training run, the same across restarts',
  }),
  sessionId: correlation('session', 'sess-42', 'the user session that the run belongs to'),
  requestId: correlation('request', 'req-7', 'the request that asked for the run'),
  operationType: correlation('operation type', 'forward_backward', 'the kind of operation that the run is'),
  dropRoot: setting({
    kind: onOff,
    group: 'progress',
    env: 'TASKBEAT_DROP_ROOT',
    default: false,
    example: 'true',
    doc: 'started as root, become the owner of the results directory (the image sets it)',
  }),
} as const
