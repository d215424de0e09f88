import type { AttributeConvention } from './convention.ts'

/** Of graphics processors. */
export const gpuAttributes = {
  'hw.id': {
    type: 'string',
    description: "a GPU's UUID, or that of a part of it (MIG)",
    example: 'GPU-8f2e…',
  },
  'hw.type': { type: 'string', description: '`gpu`', example: 'gpu' },
  'hw.parent': {
    type: 'string',
    description: 'the GPU that a MIG device is a part of',
    example: 'GPU-8f2e…',
  },
  'hw.model': { type: 'string', description: 'what a GPU is called', example: 'NVIDIA H200' },
  'hw.driver_version': { type: 'string', description: 'its driver', example: '580.65.06' },
  'hw.gpu.task': { type: 'string', description: '`general`, `encoder` or `decoder`', example: 'general' },
  'hw.sensor_location': { type: 'string', description: '`gpu` or `memory`', example: 'memory' },
  'hw.limit_type': {
    type: 'string',
    description: '`high.degraded` or `high.critical`',
    example: 'high.critical',
  },
  'hw.state': {
    type: 'string',
    description: '`ok`, `degraded`, `predicted_failure` or `failed`',
    example: 'ok',
  },
  'network.io.direction': { type: 'string', description: '`receive` or `transmit`', example: 'receive' },
  'process.pid': { type: 'int', description: 'a process', example: 4_711 },
  'taskbeat.gpu.index': { type: 'int', description: 'a GPU as `nvidia-smi` numbers it', example: 0 },
  'taskbeat.gpu.clock.domain': { type: 'string', description: '`sm` or `memory`', example: 'sm' },
  'taskbeat.gpu.link': { type: 'string', description: '`pcie` or `nvlink`', example: 'nvlink' },
  'taskbeat.gpu.process.owner': {
    type: 'string',
    description: '`workload`, `other`, or `unknown` where pids are those of another namespace',
    example: 'workload',
  },
  'taskbeat.gpu.throttle.reason': {
    type: 'string',
    description: "why clocks are held down, in NVIDIA's words",
    example: 'sw_power_cap',
  },
} as const satisfies Readonly<Record<string, AttributeConvention>>
