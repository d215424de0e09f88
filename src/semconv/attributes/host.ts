import type { AttributeConvention } from './convention.ts'

/** Of the machine, our control group and the processes of the workload. */
export const hostAttributes = {
  'cpu.mode': {
    type: 'string',
    description: 'what CPUs did: `user`, `system`, `idle` and others',
    example: 'user',
  },
  'system.memory.state': { type: 'string', description: '`used` or `available`', example: 'used' },
  'system.paging.state': { type: 'string', description: '`used` or `free`', example: 'used' },
  'system.filesystem.state': {
    type: 'string',
    description: '`used`, `free`, or `reserved` for the administrator',
    example: 'used',
  },
  'system.device.name': { type: 'string', description: 'a disk', example: 'nvme0n1' },
  'disk.io.direction': { type: 'string', description: '`read` or `write`', example: 'read' },
  'network.interface.name': { type: 'string', description: 'a network interface', example: 'eth0' },
  'network.io.direction': { type: 'string', description: '`receive` or `transmit`', example: 'receive' },
  'taskbeat.pressure.resource': {
    type: 'string',
    description: 'what was waited for: `cpu`, `memory` or `io`',
    example: 'memory',
  },
  'taskbeat.pressure.scope': {
    type: 'string',
    description: 'who waited: `some`, at least one thread, or `full`, all of them',
    example: 'some',
  },
} as const satisfies Readonly<Record<string, AttributeConvention>>
