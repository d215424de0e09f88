import type { AttributeValue } from '../../otlp/points/point.ts'
import type { Pointer } from './pointer.ts'

/** A text that begins with a slash is a JSON pointer into the record; anything else is the value itself. */
export type AttributeSource = Pointer | AttributeValue

interface InstrumentBase {
  /** Where its number is in the document. */
  readonly from: Pointer
  readonly name: string
  /** As UCUM has it, or empty. Prometheus puts it into the name. */
  readonly unit: string
  readonly description: string
  /** Beside those of the mapping. */
  readonly attributes?: Readonly<Record<string, AttributeSource>>
}

/** What a record says last. */
export interface GaugeInstrument extends InstrumentBase {
  readonly type: 'gauge'
}

/** What grows as long as the job runs. The document holds how far it is, not by how much it grew. */
export interface CounterInstrument extends InstrumentBase {
  readonly type: 'counter'
  /** It begins anew with each of these, as a batch number does with each epoch; the counter goes on. */
  readonly perEpoch?: {
    readonly epoch: Pointer
    /** How far it comes in each epoch, or where the document says so. Learnt, if it is not known. */
    readonly size?: number | Pointer
  }
  /** Each step of it could have been a record: what was passed over is counted as missed. */
  readonly isStep?: boolean
}

/** Each record is one measurement. */
export interface HistogramInstrument extends InstrumentBase {
  readonly type: 'histogram'
  /** Upper bounds of the buckets, ascending; a value equal to one belongs below it. */
  readonly buckets: readonly number[]
}

export type Instrument = GaugeInstrument | CounterInstrument | HistogramInstrument

/** What becomes of a metrics file, as data. */
export interface Mapping {
  /** When a record was written. Without one, the time of the file counts. */
  readonly timestamp?: Pointer
  /** When the job was started. Another one is another run: counters begin anew. */
  readonly startTime?: Pointer
  /**
   * On every point. What no instrument measures says whose metrics these are: a record with another value begins new
   * series, and a record without one is taken to have the last one.
   */
  readonly attributes: Readonly<Record<string, AttributeSource>>
  readonly instruments: readonly Instrument[]
  /** Numbers that no one else claims become gauges, `prefix` before the names on the way from `under`. */
  readonly unknown?: { readonly under: Pointer | ''; readonly prefix: string }
}

/** OpenTelemetry's own, which suit milliseconds. @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation */
export const defaultBuckets: readonly number[] = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
]
