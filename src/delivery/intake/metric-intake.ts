import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import {
  AggregationTemporality,
  type AggregationTemporalitySelector,
  InstrumentType,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import type { Clock } from '../../clock.ts'
import type { Batch } from '../batch.ts'
import type { Counter } from '../tally.ts'
import { countPoints } from './count-points.ts'

/** What counts from the start of the process, and what from the last export. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'lowmemory'

const { CUMULATIVE, DELTA } = AggregationTemporality
const { COUNTER, HISTOGRAM, OBSERVABLE_COUNTER } = InstrumentType

const deltas: Readonly<Record<TemporalityPreference, ReadonlySet<InstrumentType>>> = {
  cumulative: new Set(),
  delta: new Set([COUNTER, HISTOGRAM, OBSERVABLE_COUNTER]),
  lowmemory: new Set([COUNTER, HISTOGRAM]),
}

/** @see https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration */
const temporality =
  (preference: TemporalityPreference): AggregationTemporalitySelector =>
  (instrument) =>
    deltas[preference].has(instrument) ? DELTA : CUMULATIVE

export interface MetricIntakeOptions {
  readonly accept: (batch: Batch) => void
  readonly counter: Counter
  readonly intervalMs: number
  readonly preference: TemporalityPreference
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * Collects the metrics once in each interval, and at the end. Each collection is a batch of its own, kept until it is
 * delivered: what a curve was during an outage is there after it. The moment within the interval is random, so that
 * tasks that were started together do not export together.
 */
export class MetricIntake extends MetricReader {
  readonly #options: MetricIntakeOptions
  #cancelTimer = () => {}

  constructor(options: MetricIntakeOptions) {
    super({ aggregationTemporalitySelector: temporality(options.preference) })
    this.#options = options
  }

  async #collect(): Promise<void> {
    const { accept, counter, clock } = this.#options
    const { resourceMetrics } = await this.collect()
    const items = countPoints(resourceMetrics)
    if (items === 0) return
    counter.add('emitted', items)
    const bytes = ProtobufMetricsSerializer.serializeRequest(resourceMetrics)
    if (bytes) accept({ signal: 'metrics', items, bytes, acceptedAtMs: clock.now().getTime() })
    else counter.drop(items, 'cannot be serialised')
  }

  #collectAfter(delayMs: number): void {
    const { clock, intervalMs, counter } = this.#options
    this.#cancelTimer = clock.after(delayMs, () => {
      this.#collectAfter(intervalMs)
      this.#collect().catch((error: Error) => counter.drop(1, `cannot be collected: ${error.message}`))
    })
  }

  protected override onInitialized(): void {
    const { intervalMs, random } = this.#options
    this.#collectAfter(intervalMs * (0.5 + 0.5 * random()))
  }

  protected override async onForceFlush(): Promise<void> {
    await this.#collect()
  }

  protected override async onShutdown(): Promise<void> {
    this.#cancelTimer()
    await this.#collect()
  }
}
