import { type OtlpReceiver, openReceiver } from '../../../src/emulator/receiver.ts'
import type { Signal } from '../../../src/otlp/signals.ts'

export const protocols = ['grpc', 'http'] as const
export type Protocol = (typeof protocols)[number]

/** What the emitter emits; the metrics that tell of the delivery itself are not counted. */
export const emittedSignals = ['traces', 'logs'] as const
export type EmittedSignal = (typeof emittedSignals)[number]

export interface Arrived {
  /** Items, each once. */
  readonly unique: number
  readonly duplicates: number
}

/** The far end, in the process of the bench. */
export interface Collector extends AsyncDisposable {
  readonly receiver: OtlpReceiver
  readonly endpoint: (protocol: Protocol) => string
  /** @param of - @default all that the emitter emits */
  readonly arrived: (of?: readonly EmittedSignal[]) => Arrived
  /** Comes up again. */
  readonly recover: () => Promise<void>
  /** Seconds from the last recovery until every signal has come again; undefined if one has not. */
  readonly resumedAfterS: () => number | undefined
}

export interface CollectorOptions {
  readonly latencyMs?: number
  readonly startClosed?: boolean
}

export const openCollector = async (options: CollectorOptions = {}): Promise<Collector> => {
  const { latencyMs = 0, startClosed = false } = options
  let recoveredMs: number | undefined
  const firstMs = new Map<Signal, number>()
  const receiver = await openReceiver({
    startClosed,
    decide: () => ({ kind: 'accept', delayMs: latencyMs }),
    onRequest: ({ signal }, accepted) => {
      if (recoveredMs === undefined || accepted === 0 || firstMs.has(signal)) return
      firstMs.set(signal, performance.now() - recoveredMs)
    },
  })
  return {
    receiver,
    endpoint: (protocol) => (protocol === 'grpc' ? receiver.grpcUrl : receiver.httpUrl),
    arrived: (of = emittedSignals) => {
      const counts = of.map((signal) => receiver.ledger.counts(signal))
      const duplicates = counts.reduce((sum, count) => sum + count.duplicates, 0)
      return { unique: counts.reduce((sum, { items }) => sum + items, 0) - duplicates, duplicates }
    },
    recover: async () => {
      firstMs.clear()
      recoveredMs = performance.now()
      await receiver.open()
    },
    resumedAfterS: () => {
      if (emittedSignals.some((signal) => !firstMs.has(signal))) return undefined
      return Math.max(...emittedSignals.map((signal) => firstMs.get(signal) ?? 0)) / 1_000
    },
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  }
}
