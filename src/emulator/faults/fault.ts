import type { Signal } from '../../otlp/signals.ts'

/** When something goes wrong, in milliseconds since the task began. */
export interface Span {
  readonly fromMs: number
  /** Infinity: to the end. */
  readonly toMs: number
}

/** A fault of the collector while it is up: what becomes of a request. */
export interface RequestFault extends Span {
  readonly name:
    | 'slow'
    | 'throttled'
    | 'unavailable'
    | 'reset'
    | 'reset-after'
    | 'hang'
    | 'too-large'
    | 'partial'
  /** Milliseconds for `slow`, `throttled`, `unavailable`; bytes for `too-large`; items for `partial`. */
  readonly value: number | undefined
  /** Each n-th request only. */
  readonly every: number
  /** This signal only. */
  readonly signal: Signal | undefined
}

/** The collector is not there. */
export interface Outage extends Span {
  readonly name: 'down'
}

/** Something that happens to the task, or to what watches it, once. */
export interface Strike {
  readonly name: 'cancel' | 'oom' | 'worker-restart'
  readonly fromMs: number
}

/** One thing that goes wrong. */
export type Fault = RequestFault | Outage | Strike

export const isOutage = (fault: Fault): fault is Outage => fault.name === 'down'

export const isStrike = (fault: Fault): fault is Strike =>
  fault.name === 'cancel' || fault.name === 'oom' || fault.name === 'worker-restart'

export const isRequestFault = (fault: Fault): fault is RequestFault => !isOutage(fault) && !isStrike(fault)
