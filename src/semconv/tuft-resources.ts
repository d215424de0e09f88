import type { MetricName } from './metrics.ts'

type Attributes = Readonly<Record<string, string | number>>

export interface TuftResource {
  readonly name: string
  /** As there: the name in Prometheus is made of it too. */
  readonly unit: string
  readonly description: string
  readonly of: MetricName
  /** Which of our series it is the sum of. @default all */
  readonly isOf?: (attributes: Attributes) => boolean
  /** @default 1 */
  readonly factor?: number
}

const isUsed = ({ 'system.memory.state': state }: Attributes) => state === 'used'

/**
 * TuFT's gauges of the machine, each with the metric of ours that it is another form of.
 *
 * @see https://github.com/agentscope-ai/TuFT, src/tuft/telemetry/metrics.py
 */
export const tuftResourceMetrics: readonly TuftResource[] = [
  {
    name: 'tuft.resource.cpu.utilization_percent',
    unit: '%',
    description: 'CPU utilization',
    of: 'system.cpu.utilization',
    // as psutil's cpu_percent, which theirs is
    isOf: ({ 'cpu.mode': mode }) => mode !== 'idle' && mode !== 'iowait',
    factor: 100,
  },
  {
    name: 'tuft.resource.memory.used_bytes',
    unit: 'bytes',
    description: 'Memory in use',
    of: 'system.memory.usage',
    isOf: isUsed,
  },
  {
    name: 'tuft.resource.memory.total_bytes',
    unit: 'bytes',
    description: 'Memory of the machine',
    of: 'system.memory.limit',
  },
  {
    name: 'tuft.resource.memory.utilization_percent',
    unit: '%',
    description: 'Part of the memory that is in use',
    of: 'system.memory.utilization',
    isOf: isUsed,
    factor: 100,
  },
  {
    name: 'tuft.resource.gpu.utilization_percent',
    unit: '%',
    description: 'GPU utilization',
    of: 'hw.gpu.utilization',
    isOf: ({ 'hw.gpu.task': task }) => task === 'general',
    factor: 100,
  },
  {
    name: 'tuft.resource.gpu.memory_used_bytes',
    unit: 'bytes',
    description: 'GPU memory in use',
    of: 'hw.gpu.memory.usage',
  },
  {
    name: 'tuft.resource.gpu.memory_total_bytes',
    unit: 'bytes',
    description: 'GPU memory',
    of: 'hw.gpu.memory.limit',
  },
  {
    name: 'tuft.resource.process.memory_used_bytes',
    unit: 'bytes',
    description: 'Memory of the processes',
    of: 'process.memory.usage',
  },
]

interface Value {
  readonly metric: MetricName
  readonly value: number
  readonly attributes?: Attributes
}

/** What TuFT's dashboards know the values of one reading as. Of a GPU they know the index. */
export const tuftResources = (values: readonly Value[]) =>
  tuftResourceMetrics.flatMap(({ name, unit, description, of, isOf = () => true, factor = 1 }) => {
    const parts = values.filter(({ metric, attributes = {} }) => metric === of && isOf(attributes))
    const byGpu = Map.groupBy(parts, ({ attributes = {} }) => attributes['taskbeat.gpu.index'])
    return [...byGpu].map(([index, group]) => ({
      ...{ name, unit, description },
      attributes: index === undefined ? {} : { gpu_id: String(index) },
      value: group.reduce((sum, { value }) => sum + value, 0) * factor,
    }))
  })
