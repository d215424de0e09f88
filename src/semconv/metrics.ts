import type { MetricKind } from './metrics/convention.ts'
import { gpuMetrics } from './metrics/gpu.ts'
import { hostMetrics } from './metrics/host.ts'
import { taskMetrics } from './metrics/task.ts'
import { workflowMetrics } from './metrics/workflow.ts'

export type { MetricConvention, MetricKind } from './metrics/convention.ts'
export { workflowMetrics } from './metrics/workflow.ts'

/** Every metric that taskbeat names itself. */
export const metricConventions = { ...taskMetrics, ...workflowMetrics, ...hostMetrics, ...gpuMetrics }

export type WorkflowMetric = keyof typeof workflowMetrics
/** What readings of the machine are of. */
export type HostMetric = keyof typeof hostMetrics | keyof typeof gpuMetrics
export type MetricName = keyof typeof metricConventions

/** The metrics of a kind. */
export type MetricOf<K extends MetricKind> = {
  [N in MetricName]: (typeof metricConventions)[N]['kind'] extends K ? N : never
}[MetricName]

export const isWorkflowMetric = (name: string): name is WorkflowMetric => Object.hasOwn(workflowMetrics, name)
