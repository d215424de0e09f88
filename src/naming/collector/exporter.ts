import type { Strategy } from '../strategy.ts'

/** What happens to the attributes of points, and to the resource, on their way through a pipeline. */
export interface Changes {
  readonly addedAttributes: readonly string[]
  readonly removedAttributes: readonly string[]
  /** `service.namespace`, `service.name`, `service.instance.id` where a processor sets them; undefined where one removes them. */
  readonly service: Readonly<Record<string, string | undefined>>
  /** Processors of which we cannot tell what they do to names and labels. */
  readonly unknown: readonly string[]
}

/** An exporter at the end of a pipeline of metrics: all that the names behind it depend on. */
export interface NamingExporter extends Changes {
  /** As the configuration calls it: `prometheus/seed`. */
  readonly id: string
  /** `metrics`, `metrics/seed`. */
  readonly pipeline: string
  /** `scraped` by Prometheus, or `written` to it by remote write. */
  readonly kind: 'scraped' | 'written'
  /** Where it is scraped at, or writes to; without what may be secret. */
  readonly endpoint: string | undefined
  readonly namespace: string
  readonly strategy: Strategy
  /** Labels with a fixed value, on everything. */
  readonly constantLabels: readonly string[]
  /** Which attributes of the resource are labels too. */
  readonly resourceLabels: 'none' | 'all' | 'all but service'
  readonly hasScopeLabels: boolean
  readonly hasTargetInfo: boolean
  /** Whether histograms have one native series each, and none for each bucket. */
  readonly hasNativeHistograms: boolean
  /** What people should know of this configuration, a sentence each. */
  readonly remarks: readonly string[]
}
