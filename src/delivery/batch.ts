import type { Signal } from '../otlp/signals.ts'

/** Items of one signal, as one request of OTLP that does not change any more. */
export interface Batch {
  readonly signal: Signal
  /** Spans, log records or metric points in it; at least 1. */
  readonly items: number
  /** `Export<Signal>ServiceRequest` in protobuf. */
  readonly bytes: Uint8Array
  /** When the newest of its items was handed over, by the wall clock: milliseconds since 1970. */
  readonly acceptedAtMs: number
}
