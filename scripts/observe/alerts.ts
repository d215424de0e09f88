import { type Asking, asking, avgBy, grew, maxBy, onTask, sumBy, task } from './query.ts'
import { diverged, endedEarly, idleAfter, lastPercent, leastIdle, progressAge, vanished } from './states.ts'

/** How a number is written in a sentence; both Prometheus and Grafana know these. */
export type Form = 'humanizeDuration' | 'humanizePercentage' | 'humanize'

export interface Alert {
  /** A stable id. */
  readonly name: string
  /** PromQL, with a series for each task that is concerned. Its value is positive wherever it is to fire. */
  readonly expr: string
  /** For how long it must be so. */
  readonly for: string
  readonly severity: 'critical' | 'warning'
  /** What is wrong, with the task as `{{ $labels.job }}`; `value` writes the query's number. */
  readonly summary: (value: (form: Form) => string) => string
  /** What to do, in a sentence. */
  readonly remedy: string
}

const all: Asking = asking([], '10m')
const { of, rate } = all
const who = '{{ $labels.job }} ({{ $labels.instance }})'
const gpu = 'GPU {{ $labels.taskbeat_gpu_index }} of {{ $labels.job }}'
const device = [...task, 'hw.id', 'taskbeat.gpu.index'] as const

/** Xids that a program causes, or that follow from another one: its own message says more. */
export const programXids = [13, 31, 43, 45]
/** Xids that are the device's own. */
export const deviceXids = [48, 63, 64, 74, 79, 94, 95, 119]
const window = '10m'
const checkpointWindow = '2h'

const memoryShare = [
  maxBy(task, of('taskbeat.cgroup.memory.utilization')),
  maxBy(task, of('system.memory.utilization', { 'system.memory.state': 'used' })),
] as const

export const alerts: readonly Alert[] = [
  {
    name: 'TaskbeatSilent',
    expr: vanished(all),
    for: '1m',
    severity: 'critical',
    summary: (value) =>
      `${who} has not been heard of for ${value('humanizeDuration')}, and said no last word`,
    remedy:
      'See whether its process still runs: if it does, nothing reaches the backend, else it was killed; taskbeat replay delivers what it left on disk.',
  },
  {
    name: 'TaskbeatEndedEarly',
    expr: `${lastPercent(all)} + 1 and ${onTask} (${endedEarly(all)})`,
    for: '0m',
    severity: 'warning',
    summary: () => `${who} ended before all was done`,
    remedy: 'The last record of its log says why; started again in the same results directory it goes on.',
  },
  {
    name: 'TaskbeatNoProgress',
    expr: `${progressAge(all)} > ${idleAfter}`,
    for: '1m',
    severity: 'warning',
    summary: (value) => `${who} has made no progress for ${value('humanizeDuration')}`,
    remedy:
      'Look at what it waits for: disks, network, a large checkpoint; --stall-timeout of taskbeat run ends a command that hangs.',
  },
  {
    name: 'TaskbeatStalled',
    expr: `${progressAge(all)} > ${idleAfter / 2} and ${onTask} ${leastIdle(all)} > 0.95`,
    for: '5m',
    severity: 'critical',
    summary: (value) =>
      `${who} hangs: no progress for ${value('humanizeDuration')}, and none of its GPUs works`,
    remedy:
      'Take the stacks of its processes (py-spy dump), then end it: it goes on from the last checkpoint.',
  },
  {
    name: 'TaskbeatLossNotANumber',
    expr: `${diverged(all)} or (${sumBy(task, rate('taskbeat.training.steps'))} > 0 and ${onTask} last_over_time(${of('taskbeat.training.loss')}[1h]) unless ${onTask} ${of('taskbeat.training.loss')})`,
    for: '0m',
    severity: 'critical',
    summary: () => `the loss of ${who} is no number any more`,
    remedy: 'Stop it, go back to a checkpoint from before, and lower the learning rate or clip gradients.',
  },
  {
    name: 'TaskbeatNoCheckpoint',
    expr: `${sumBy(task, `increase(${of('taskbeat.training.steps')}[${checkpointWindow}])`)} > 0 and ${onTask} ${of('taskbeat.training.steps')} offset ${checkpointWindow} unless ${onTask} (${grew(of('taskbeat.training.checkpoints.saved'), checkpointWindow)})`,
    for: '5m',
    severity: 'warning',
    summary: () => `${who} has trained for two hours, and saved no checkpoint that is complete`,
    remedy:
      'Its log says which checkpoint was not announced and why; look for space in the results directory, the pattern, and the marker.',
  },
  {
    name: 'TaskbeatDiskFull',
    expr: `${maxBy(task, of('system.filesystem.utilization'))} > 0.95`,
    for: '5m',
    severity: 'critical',
    summary: (value) => `the results directory of ${who} is ${value('humanizePercentage')} full`,
    remedy:
      'Remove old checkpoints or make it larger: the next checkpoint, and the progress file, will fail.',
  },
  {
    name: 'TaskbeatTelemetryLost',
    expr: sumBy(
      [...task, 'taskbeat.signal'],
      grew(of('taskbeat.telemetry.items', { 'taskbeat.outcome': 'dropped' }), window),
    ),
    for: '0m',
    severity: 'warning',
    summary: (value) => `${value('humanize')} items ({{ $labels.taskbeat_signal }}) of ${who} were lost`,
    remedy:
      'The panel "Lost, by reason" says why: refused by the backend, or more than memory and spool may hold (docs/delivery.md).',
  },
  {
    name: 'TaskbeatSpoolGrowing',
    expr: `delta(${of('taskbeat.telemetry.spool.items')}[${window}]) > 0`,
    for: window,
    severity: 'warning',
    summary: (value) =>
      `${value('humanize')} more items ({{ $labels.taskbeat_signal }}) of ${who} wait on disk`,
    remedy:
      'See whether the endpoint of this signal takes anything; what is older than the limit will be dropped.',
  },
  {
    name: 'TaskbeatGpuError',
    expr: grew(
      of('hw.errors', { 'error.type': { like: `uncorrected|xid_(${deviceXids.join('|')})` } }),
      window,
    ),
    for: '0m',
    severity: 'critical',
    summary: () => `${gpu} reports {{ $labels.error_type }}`,
    remedy:
      'docs/gpu.md says what the number means; drain the machine, reset the GPU, and start the task elsewhere.',
  },
  {
    name: 'TaskbeatGpuUnwell',
    expr: `${maxBy([...device, 'hw.state'], of('hw.status', { 'hw.state': { isNot: 'ok' } }))} > 0`,
    for: '1m',
    severity: 'critical',
    summary: () => `${gpu} is {{ $labels.hw_state }}`,
    remedy: 'degraded wants a reset when the task is done; for the others start the task on another machine.',
  },
  {
    name: 'TaskbeatGpuIdle',
    expr: `${avgBy(device, rate('taskbeat.gpu.idle.time'))} > 0.5`,
    for: '15m',
    severity: 'warning',
    summary: (value) => `${gpu} is idle ${value('humanizePercentage')} of the time`,
    remedy:
      'Look at CPU, disks and throttling of the run: data usually comes too slowly; else take fewer GPUs.',
  },
  {
    name: 'TaskbeatMemoryNearLimit',
    expr: `${memoryShare[0]} > 0.92 or ${memoryShare[1]} > 0.95`,
    for: '2m',
    severity: 'warning',
    summary: (value) => `memory of ${who} is ${value('humanizePercentage')} full`,
    remedy: 'Fewer or smaller data loader workers, or a higher limit: at 100 % the kernel kills a process.',
  },
  {
    name: 'TaskbeatOutOfMemory',
    expr: maxBy(task, grew(of('taskbeat.cgroup.memory.oom_kills'), window)),
    for: '0m',
    severity: 'critical',
    summary: () => `the kernel killed a process of ${who} for want of memory`,
    remedy:
      'Raise the memory limit, or lower what data loaders hold; a killed worker leaves a training that hangs.',
  },
]
