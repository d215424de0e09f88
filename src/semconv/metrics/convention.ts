import type { AttributeName } from '../attributes.ts'

export type MetricKind = 'counter' | 'updowncounter' | 'gauge' | 'histogram'

/** What a metric of ours is, as OpenTelemetry's semantic conventions would say it. */
export interface MetricConvention {
  readonly kind: MetricKind
  /** As UCUM writes units, with `{…}` for what is counted. */
  readonly unit: string
  readonly description: string
  /** Of its points. Few values each, never an id. @default none */
  readonly attributes?: readonly AttributeName[]
  /** Upper bounds of a histogram's buckets. @default those of OpenTelemetry, which are for milliseconds */
  readonly boundaries?: readonly number[]
  /** @default 'taskbeat' */
  readonly scope?: 'byoo'
}
