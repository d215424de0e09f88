import type { MetricConvention } from './convention.ts'

const device = ['hw.id', 'hw.type', 'taskbeat.gpu.index'] as const

/**
 * What the graphics processors that the job can see do.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/hardware/gpu/ for the names that begin with `hw.`
 */
export const gpuMetrics = {
  'hw.gpu.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Part of the time in which the GPU, its encoder or its decoder had work',
    attributes: [...device, 'hw.gpu.task'],
  },
  'taskbeat.gpu.memory.activity': {
    kind: 'gauge',
    unit: '1',
    description: 'Part of the time in which memory of the GPU was read or written',
    attributes: device,
  },
  'hw.gpu.memory.usage': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory of the GPU that is in use, without what the driver keeps for itself',
    attributes: device,
  },
  'hw.gpu.memory.limit': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory of the GPU',
    attributes: [...device, 'hw.model', 'hw.driver_version', 'hw.parent'],
  },
  'hw.gpu.memory.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Part of the memory of the GPU that is in use',
    attributes: device,
  },
  'taskbeat.gpu.process.memory': {
    kind: 'updowncounter',
    unit: 'By',
    description: 'Memory of the GPU that a process uses; without `process.pid`, all that have none told',
    attributes: [...device, 'taskbeat.gpu.process.owner', 'process.pid'],
  },
  'taskbeat.gpu.idle.time': {
    kind: 'counter',
    unit: 's',
    description: 'Time in which the GPU had no work, since the command was started',
    attributes: device,
  },
  'hw.power': {
    kind: 'gauge',
    unit: 'W',
    description: 'Power that the GPU draws',
    attributes: device,
  },
  'taskbeat.gpu.power.limit': {
    kind: 'gauge',
    unit: 'W',
    description: 'Power that the GPU may draw',
    attributes: device,
  },
  'hw.energy': {
    kind: 'counter',
    unit: 'J',
    description: 'Energy that the GPU has used',
    attributes: device,
  },
  'taskbeat.gpu.energy.per_step': {
    kind: 'gauge',
    unit: 'J',
    description: 'Energy that the GPU used for a step of the training, told when steps were made',
    attributes: device,
  },
  'hw.temperature': {
    kind: 'gauge',
    unit: 'Cel',
    description: 'Temperature of the GPU or of its memory',
    attributes: [...device, 'hw.sensor_location'],
  },
  'hw.temperature.limit': {
    kind: 'gauge',
    unit: 'Cel',
    description: 'Temperature at which the GPU slows down (`high.degraded`) or shuts down (`high.critical`)',
    attributes: [...device, 'hw.sensor_location', 'hw.limit_type'],
  },
  'taskbeat.gpu.clock.frequency': {
    kind: 'gauge',
    unit: 'Hz',
    description: 'Clock of the multiprocessors or of the memory',
    attributes: [...device, 'taskbeat.gpu.clock.domain'],
  },
  'taskbeat.gpu.throttle.time': {
    kind: 'counter',
    unit: 's',
    description: 'Time in which the clocks were held down',
    attributes: [...device, 'taskbeat.gpu.throttle.reason'],
  },
  'hw.gpu.io': {
    kind: 'counter',
    unit: 'By',
    description: 'Bytes over the links of the GPU, where it counts them',
    attributes: [...device, 'network.io.direction', 'taskbeat.gpu.link'],
  },
  'taskbeat.gpu.pcie.throughput': {
    kind: 'gauge',
    unit: 'By/s',
    description: 'Bytes per second over PCIe in the last 20 ms, where the GPU does not count them',
    attributes: [...device, 'network.io.direction'],
  },
  'hw.errors': {
    kind: 'counter',
    unit: '{error}',
    description: 'Errors of memory (`corrected`, `uncorrected`) and of the driver (`xid_79`)',
    attributes: [...device, 'error.type'],
  },
  'hw.status': {
    kind: 'updowncounter',
    unit: '1',
    description: '1 for the state that the GPU is in, 0 for the others',
    attributes: [...device, 'hw.state'],
  },
} as const satisfies Readonly<Record<string, MetricConvention>>
