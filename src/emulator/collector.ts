import { mkdirSync } from 'node:fs'
import type { Clock } from '../clock.ts'
import type { Fault } from './faults/fault.ts'
import { answerOf, isCollectorUp, outageEdgesMs } from './faults/schedule.ts'
import { type Ledger, type OtlpReceiver, openReceiver } from './receiver.ts'

/** Where NVCF's collector listens in a task. @see NVIDIA/nvcf icms-translate `common/otel.go` */
const platformPorts = { grpc: 14357, http: 14358, health: 13133 }

export interface CollectorOptions {
  readonly ports: 'platform' | 'auto'
  readonly faults: readonly Fault[]
  /** Where the OTLP JSON lines go; nowhere without `keepDir`. */
  readonly outDir: string
  readonly keepDir?: string | undefined
  readonly keepItems: boolean
  readonly clock: Clock
  /** Milliseconds since the task began. */
  readonly elapsedMs: () => number
  readonly tell: (text: string) => void
}

/** The platform's collector, with the faults that were ordered. */
export interface Collector {
  readonly ports: OtlpReceiver['ports']
  readonly ledger: Ledger
  /** The task begins: outages count from here. */
  readonly start: () => void
  /** It goes away for good. */
  readonly end: () => Promise<void>
  readonly close: () => Promise<void>
}

/** @throws {TaskbeatError} `PORT_TAKEN` (64) */
export const openCollector = async (options: CollectorOptions): Promise<Collector> => {
  const { ports, faults, outDir, keepDir, keepItems, clock, elapsedMs, tell } = options
  if (keepDir !== undefined) mkdirSync(outDir, { recursive: true })
  const receiver = await openReceiver({
    ...(ports === 'platform' && { ports: platformPorts }),
    ...(keepDir !== undefined && { outDir }),
    keepItems,
    decide: (request) => answerOf(faults, request, elapsedMs()),
    startClosed: !isCollectorUp(faults, 0),
  })
  let cancels: (() => void)[] = []
  let hasEnded = false
  // one change after the other, however close they are
  let changing = Promise.resolve()

  const adapt = () => {
    changing = changing.then(async () => {
      const isUp = !hasEnded && isCollectorUp(faults, elapsedMs() + 1)
      if (isUp === receiver.isOpen()) return
      if (!hasEnded) tell(isUp ? 'fault over: the collector is up' : 'fault: the collector is down')
      await (isUp ? receiver.open() : receiver.close())
    })
    return changing
  }
  return {
    ports: receiver.ports,
    ledger: receiver.ledger,
    start: () => {
      cancels = outageEdgesMs(faults).map((edgeMs) => clock.after(edgeMs, () => void adapt()))
    },
    end: () => {
      hasEnded = true
      for (const cancel of cancels) cancel()
      return adapt()
    },
    close: async () => {
      await changing
      await receiver[Symbol.asyncDispose]()
    },
  }
}
