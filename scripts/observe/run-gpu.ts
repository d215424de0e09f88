/** Of one run: its GPUs. */
import type { Section } from './dashboard.ts'
import { maxBy, sumBy } from './query.ts'
import { run } from './run-asking.ts'
import { unitOf } from './units.ts'

const { of, rate } = run
const gpu = 'GPU {{taskbeat_gpu_index}}'
const noGpu = 'there is no GPU'
const gpuLabels = ['instance', 'hw.id', 'taskbeat.gpu.index'] as const

export const gpus: Section = {
  title: 'GPU',
  panels: [
    {
      kind: 'graph',
      title: 'Busy',
      description:
        'Part of the time in which something ran on the GPU; how much of it that used is not said. Low with steps that go on: it waits for data or for others.',
      unit: unitOf('hw.gpu.utilization'),
      min: 0,
      max: 1,
      queries: [
        { expr: of('hw.gpu.utilization', { 'hw.gpu.task': 'general' }), legend: gpu, emptyWhen: noGpu },
      ],
    },
    {
      kind: 'graph',
      title: 'Memory',
      description:
        'In use, and all that there is. Frameworks keep what they once took: near the limit is usual.',
      unit: unitOf('hw.gpu.memory.usage'),
      min: 0,
      queries: [
        { expr: of('hw.gpu.memory.usage'), legend: gpu, emptyWhen: noGpu },
        { expr: maxBy(gpuLabels, of('hw.gpu.memory.limit')), legend: `${gpu} has`, emptyWhen: noGpu },
      ],
    },
    {
      kind: 'graph',
      title: 'Power',
      description:
        'Drawn, and allowed. Far below the limit with a busy GPU: it waits for memory or for others.',
      unit: unitOf('hw.power'),
      min: 0,
      queries: [
        { expr: of('hw.power'), legend: gpu, emptyWhen: noGpu },
        { expr: of('taskbeat.gpu.power.limit'), legend: `${gpu} may`, emptyWhen: noGpu },
      ],
    },
    {
      kind: 'graph',
      title: 'Idle',
      description: 'Part of the time without any work. Above a half for long: paid for, and not used.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: ['green', [0.5, 'orange']],
      queries: [{ expr: rate('taskbeat.gpu.idle.time'), legend: gpu, emptyWhen: noGpu }],
    },
    {
      kind: 'graph',
      title: 'Clocks held down',
      description:
        'Part of the time, by reason. A power cap is usual under full load; thermal or hardware reasons are for the operator.',
      unit: 'percentunit',
      min: 0,
      queries: [
        {
          expr: `${rate('taskbeat.gpu.throttle.time')} > 0`,
          legend: `${gpu} {{taskbeat_gpu_throttle_reason}}`,
          emptyWhen: 'no clock was held down',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Temperature',
      description: 'Of the GPU and of its memory. At its limit it slows down.',
      unit: unitOf('hw.temperature'),
      queries: [
        { expr: of('hw.temperature'), legend: `${gpu} {{hw_sensor_location}}`, emptyWhen: noGpu },
        {
          expr: of('hw.temperature.limit', { 'hw.limit_type': 'high.degraded' }),
          legend: `${gpu} {{hw_sensor_location}} slows down`,
          emptyWhen: noGpu,
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Errors',
      description:
        'So far: of memory, and of the driver by number (Xid). corrected may happen; for the others see docs/gpu.md.',
      unit: 'short',
      min: 0,
      decimals: 0,
      queries: [
        { expr: of('hw.errors'), legend: `${gpu} {{error_type}}`, emptyWhen: `${noGpu}, or no error yet` },
      ],
    },
    {
      kind: 'graph',
      title: 'State that is not ok',
      description: 'What is degraded wants a reset, predicted_failure a test, failed a new machine.',
      unit: 'short',
      min: 0,
      max: 1,
      decimals: 0,
      queries: [
        {
          expr: `${of('hw.status', { 'hw.state': { isNot: 'ok' } })} > 0`,
          legend: `${gpu} {{hw_state}}`,
          emptyWhen: 'all GPUs are well',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Energy per step',
      description: 'Of all GPUs of the run together. Told when steps were made.',
      unit: unitOf('taskbeat.gpu.energy.per_step'),
      min: 0,
      queries: [
        {
          expr: sumBy(['instance'], of('taskbeat.gpu.energy.per_step')),
          legend: '{{instance}}',
          emptyWhen: `${noGpu}, or its energy is not known`,
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Traffic',
      description: 'Over PCIe and NVLink, where the GPU counts it; else the rate over PCIe that it tells.',
      unit: 'Bps',
      min: 0,
      queries: [
        {
          expr: rate('hw.gpu.io'),
          legend: `${gpu} {{taskbeat_gpu_link}} {{network_io_direction}}`,
          emptyWhen: `${noGpu} that counts it`,
        },
        {
          expr: of('taskbeat.gpu.pcie.throughput'),
          legend: `${gpu} pcie {{network_io_direction}}`,
          emptyWhen: 'GPUs that count it do not tell it',
        },
      ],
    },
  ],
}
