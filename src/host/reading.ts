import type { HostMetric } from '../semconv/metrics.ts'

/** One value of one metric of the machine, as it was at the last look. */
export interface Reading {
  readonly metric: HostMetric
  /** In the metric's unit. Of a counter the whole count, from whenever it began: what is sent counts from our start. */
  readonly value: number
  /** Few values each, never an id but that of a device. @default none */
  readonly attributes?: Readonly<Record<string, string | number>>
  /** A counter that began with the task, or that nobody had begun before: its first value counts too. @default false */
  readonly isFromZero?: boolean
}
