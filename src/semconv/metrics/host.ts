import type { MetricConvention } from './convention.ts'

/**
 * What the machine, our control group and the processes of the workload use.
 *
 * Names, kinds, units and attributes of what does not begin with `taskbeat.` are OpenTelemetry's.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/system/
 */
export const hostMetrics = {
  'system.cpu.time': {
    kind: 'counter',
    unit: 's',
    description: 'Time that all CPUs of the machine together spent in each mode',
    attributes: ['cpu.mode'],
  },
  'system.cpu.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Share of the time of all CPUs that went into each mode since the last reading',
    attributes: ['cpu.mode'],
  },
  'system.cpu.logical.count': { kind: 'updowncounter', unit: '{cpu}', description: 'CPUs of the machine' },
  'system.memory.usage': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory of the machine: used, and available without swapping',
    attributes: ['system.memory.state'],
  },
  'system.memory.limit': { kind: 'updowncounter', unit: 'By', description: 'Memory that the machine has' },
  'system.memory.utilization': {
    kind: 'gauge',
    unit: '1',
    description: "Share of the machine's memory",
    attributes: ['system.memory.state'],
  },
  'system.memory.linux.available': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory that programs can still get without swapping, as Linux estimates it',
  },
  'system.paging.usage': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Swap space of the machine, if it has any',
    attributes: ['system.paging.state'],
  },
  'system.paging.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Share of the swap space',
    attributes: ['system.paging.state'],
  },
  'system.disk.io': {
    kind: 'counter',
    unit: 'By',
    description: 'Bytes read from and written to each disk of the machine',
    attributes: ['system.device.name', 'disk.io.direction'],
  },
  'system.disk.operations': {
    kind: 'counter',
    unit: '{operation}',
    description: 'Reads and writes of each disk',
    attributes: ['system.device.name', 'disk.io.direction'],
  },
  'system.disk.io_time': {
    kind: 'counter',
    unit: 's',
    description: 'Time in which each disk had something to do',
    attributes: ['system.device.name'],
  },
  'system.network.io': {
    kind: 'counter',
    unit: 'By',
    description: 'Bytes received and sent by each network interface',
    attributes: ['network.interface.name', 'network.io.direction'],
  },
  'system.network.errors': {
    kind: 'counter',
    unit: '{error}',
    description: 'Errors of each network interface',
    attributes: ['network.interface.name', 'network.io.direction'],
  },
  'system.network.packet.dropped': {
    kind: 'counter',
    unit: '{packet}',
    description: 'Packets that each network interface dropped without an error',
    attributes: ['network.interface.name', 'network.io.direction'],
  },
  'system.filesystem.usage': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Space of the file system of the results directory',
    attributes: ['system.filesystem.state'],
  },
  'system.filesystem.limit': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Size of the file system of the results directory',
  },
  'system.filesystem.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Share used of what we could use of the file system of the results directory',
  },
  'container.cpu.time': {
    kind: 'counter',
    unit: 's',
    description: 'CPU time of our control group',
    attributes: ['cpu.mode'],
  },
  'container.cpu.usage': {
    kind: 'gauge',
    unit: '{cpu}',
    description: 'CPUs that our control group kept busy since the last reading',
    attributes: ['cpu.mode'],
  },
  'container.memory.usage': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory of our control group, with cached files',
  },
  'container.memory.working_set': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory of our control group without cached files that were not used lately',
  },
  'container.memory.rss': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory of our control group that is no cached file',
  },
  'container.memory.available': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'What the working set leaves of the memory limit',
  },
  'container.disk.io': {
    kind: 'counter',
    unit: 'By',
    description: 'Bytes that our control group read from and wrote to disks',
    attributes: ['disk.io.direction'],
  },
  'taskbeat.cgroup.cpu.limit': {
    kind: 'updowncounter',
    unit: '{cpu}',
    description: 'CPUs that our control group may keep busy, if that is limited',
  },
  'taskbeat.cgroup.cpu.periods': {
    kind: 'counter',
    unit: '{period}',
    description: 'Periods in which our control group ran under a CPU limit',
  },
  'taskbeat.cgroup.cpu.throttled_periods': {
    kind: 'counter',
    unit: '{period}',
    description: 'Periods in which the CPU limit stopped our control group',
  },
  'taskbeat.cgroup.cpu.throttled_time': {
    kind: 'counter',
    unit: 's',
    description: 'Time for which the CPU limit stopped our control group, of all CPUs together',
  },
  'taskbeat.cgroup.memory.limit': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory that our control group may use, if that is limited',
  },
  'taskbeat.cgroup.memory.peak': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'The most memory that our control group ever used, with cached files',
  },
  'taskbeat.cgroup.memory.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Share of the memory limit that the working set takes',
  },
  'taskbeat.cgroup.memory.oom_kills': {
    kind: 'counter',
    unit: '{process}',
    description: 'Processes of our control group that were killed for want of memory',
  },
  'taskbeat.cgroup.pressure.time': {
    kind: 'counter',
    unit: 's',
    description: 'Time for which threads of our control group waited for a resource',
    attributes: ['taskbeat.pressure.resource', 'taskbeat.pressure.scope'],
  },
  'taskbeat.cgroup.thread.count': {
    kind: 'updowncounter',
    unit: '{thread}',
    description: 'Threads of our control group',
  },
  'taskbeat.cgroup.thread.limit': {
    kind: 'updowncounter',
    unit: '{thread}',
    description: 'Threads that our control group may have, if that is limited',
  },
  'process.cpu.time': {
    kind: 'counter',
    unit: 's',
    description: "CPU time of the workload's processes, also of those that have ended",
    attributes: ['cpu.mode'],
  },
  'process.cpu.utilization': {
    kind: 'gauge',
    unit: '1',
    description:
      'Share of the CPUs that the workload may use that its processes kept busy since the last reading',
    attributes: ['cpu.mode'],
  },
  'process.memory.usage': {
    kind: 'updowncounter',
    unit: 'By',
    description: "Resident memory of the workload's processes; what they share counts once for each",
  },
  'process.memory.virtual': {
    kind: 'updowncounter',
    unit: 'By',
    description: "Virtual memory of the workload's processes",
  },
  'process.disk.io': {
    kind: 'counter',
    unit: 'By',
    description: "Bytes that the workload's processes had read from and written to disks",
    attributes: ['disk.io.direction'],
  },
  'process.thread.count': {
    kind: 'updowncounter',
    unit: '{thread}',
    description: "Threads of the workload's processes",
  },
  'process.unix.file_descriptor.count': {
    kind: 'updowncounter',
    unit: '{file_descriptor}',
    description: "Open files of the workload's processes",
  },
  'taskbeat.process.count': {
    kind: 'updowncounter',
    unit: '{process}',
    description: 'Processes of the workload',
  },
} as const satisfies Readonly<Record<string, MetricConvention>>
