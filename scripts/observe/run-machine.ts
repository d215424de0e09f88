/** Of one run: machine, control group and processes. */
import type { Section } from './dashboard.ts'
import { maxBy, sumBy, type Where } from './query.ts'
import { run } from './run-asking.ts'
import { unitOf } from './units.ts'

const { of, rate } = run
const noGroup = 'there is no control group'
const noLimit = 'the control group has no such limit'
const notIdle: Where<'system.cpu.utilization'> = { 'cpu.mode': { unlike: 'idle|iowait' } }

export const machine: Section = {
  title: 'Machine, control group, processes',
  panels: [
    {
      kind: 'graph',
      title: 'CPU',
      description:
        'CPUs that the container keeps busy, what it may, and what the machine has. At its limit: data loaders wait, and so do the GPUs.',
      unit: 'suffix: CPUs',
      min: 0,
      queries: [
        { expr: sumBy(['instance'], of('container.cpu.usage')), legend: 'container', emptyWhen: noGroup },
        { expr: of('taskbeat.cgroup.cpu.limit'), legend: 'limit', emptyWhen: noLimit },
        {
          expr: `${sumBy(['instance'], of('system.cpu.utilization', notIdle))} * on (instance) ${maxBy(['instance'], of('system.cpu.logical.count'))}`,
          legend: 'machine',
        },
        { expr: of('system.cpu.logical.count'), legend: 'machine has' },
      ],
    },
    {
      kind: 'graph',
      title: 'CPU throttled',
      description:
        'Part of the periods in which the CPU limit stopped the container. Above a few percent: raise it.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: ['green', [0.1, 'orange']],
      queries: [
        {
          expr: `${rate('taskbeat.cgroup.cpu.throttled_periods')} / ${rate('taskbeat.cgroup.cpu.periods')}`,
          legend: '{{instance}}',
          emptyWhen: noLimit,
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Memory',
      description:
        'Working set of the container, its limit, and what the machine uses. At the limit the kernel kills a process.',
      unit: unitOf('container.memory.working_set'),
      min: 0,
      queries: [
        { expr: of('container.memory.working_set'), legend: 'container', emptyWhen: noGroup },
        { expr: of('taskbeat.cgroup.memory.limit'), legend: 'limit', emptyWhen: noLimit },
        { expr: of('system.memory.usage', { 'system.memory.state': 'used' }), legend: 'machine' },
        { expr: of('system.memory.limit'), legend: 'machine has' },
      ],
    },
    {
      kind: 'graph',
      title: 'Killed for want of memory',
      description: 'Processes, so far.',
      unit: 'short',
      min: 0,
      decimals: 0,
      thresholds: ['green', [1, 'red']],
      queries: [{ expr: of('taskbeat.cgroup.memory.oom_kills'), legend: '{{instance}}', emptyWhen: noGroup }],
    },
    {
      kind: 'graph',
      title: 'Pressure',
      description:
        'Part of the time in which some, or all (full), threads waited for CPU, memory or disks. Full above a few percent slows the training down.',
      unit: 'percentunit',
      min: 0,
      queries: [
        {
          expr: rate('taskbeat.cgroup.pressure.time'),
          legend: '{{taskbeat_pressure_resource}} {{taskbeat_pressure_scope}}',
          emptyWhen: `${noGroup} of version 2`,
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Memory of the processes',
      description: 'Resident, of the command and all that it started; what they share counts once for each.',
      unit: unitOf('process.memory.usage'),
      min: 0,
      queries: [{ expr: of('process.memory.usage'), legend: '{{instance}}' }],
    },
    {
      kind: 'graph',
      title: 'Processes and threads',
      description:
        'Of the command and all that it started. Falls: a worker has died. Grows without end: a leak.',
      unit: 'short',
      min: 0,
      queries: [
        { expr: of('taskbeat.process.count'), legend: 'processes' },
        { expr: of('process.thread.count'), legend: 'threads' },
        { expr: of('process.unix.file_descriptor.count'), legend: 'open files' },
      ],
    },
    {
      kind: 'graph',
      title: 'CPU of the processes',
      description: 'Part of the CPUs that they may use.',
      unit: unitOf('process.cpu.utilization'),
      min: 0,
      isStacked: true,
      queries: [{ expr: sumBy(['cpu.mode'], of('process.cpu.utilization')), legend: '{{cpu_mode}}' }],
    },
    {
      kind: 'graph',
      title: 'Disks',
      description:
        'Read and written by the processes of the run. Reads above what disks give: the data is too far away.',
      unit: 'Bps',
      min: 0,
      queries: [
        {
          expr: sumBy(['disk.io.direction'], rate('process.disk.io')),
          legend: '{{disk_io_direction}}',
          emptyWhen: 'the kernel does not tell it',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Network',
      description: 'All interfaces of the machine, but those of their own.',
      unit: 'Bps',
      min: 0,
      queries: [
        {
          expr: sumBy(['network.io.direction'], rate('system.network.io')),
          legend: '{{network_io_direction}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Results directory',
      description: 'Part of its file system that is used. Full: no checkpoint, and no progress file.',
      unit: unitOf('system.filesystem.utilization'),
      min: 0,
      max: 1,
      thresholds: ['green', [0.9, 'orange'], [0.95, 'red']],
      queries: [{ expr: of('system.filesystem.utilization'), legend: '{{instance}}' }],
    },
  ],
}
