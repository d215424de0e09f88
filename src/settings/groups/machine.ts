import { optional, setting } from '../row.ts'
import { durationBetween, onOff } from '../value.ts'

/** What is told of the machine, beside the training. */
export const machine = {
  hostMetrics: optional({
    kind: onOff,
    group: 'machine',
    alsoIn: ['bridge'],
    flag: 'host-metrics',
    env: 'TASKBEAT_HOST_METRICS',
    defaultText: 'on where metrics go to a collector, by the first rank of a machine; off in `bridge`',
    example: 'false',
    doc: 'tell of CPU, memory, disks and network, of the control group, and of the processes of the workload',
  }),
  gpuMetrics: optional({
    kind: onOff,
    group: 'machine',
    alsoIn: ['bridge'],
    flag: 'gpu-metrics',
    env: 'TASKBEAT_GPU_METRICS',
    defaultText: 'on where metrics go to a collector, by the first rank of a machine; off in `bridge`',
    example: 'false',
    doc: 'tell of the GPUs that the workload can see',
  }),
  machineIntervalMs: setting({
    kind: durationBetween('100ms', '1h'),
    group: 'machine',
    flag: 'machine-interval',
    env: 'TASKBEAT_MACHINE_INTERVAL',
    default: 10_000,
    defaultText: '`10s`',
    example: '30s',
    doc: 'time from one reading of the machine and its GPUs to the next; each is exported',
  }),
} as const
