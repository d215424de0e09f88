import type { MetricConvention } from './convention.ts'

/** What the machine, our control group and the processes of the workload use. */
export const hostMetrics = {} as const satisfies Readonly<Record<string, MetricConvention>>
