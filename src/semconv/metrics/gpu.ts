import type { MetricConvention } from './convention.ts'

/** What the graphics processors that the job can see do. */
export const gpuMetrics = {} as const satisfies Readonly<Record<string, MetricConvention>>
