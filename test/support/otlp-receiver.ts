import {
  type OtlpReceiver,
  openReceiver,
  type ReceivedLog,
  type ReceivedPoint,
  type ReceivedSpan,
  type RequestFacts,
} from '../../src/emulator/receiver.ts'

export type { Attributes, ReceivedLog, ReceivedPoint, ReceivedSpan } from '../../src/emulator/receiver.ts'

/** Everything that arrived until now, decoded. */
export interface Received {
  readonly spans: readonly ReceivedSpan[]
  readonly points: readonly ReceivedPoint[]
  readonly logs: readonly ReceivedLog[]
  readonly requests: readonly RequestFacts[]
}

export interface Receiver extends OtlpReceiver {
  readonly received: Received
}

/** The emulator's receiver on free ports, which keeps what it gets. */
export const startReceiver = async ({ basePath = '' }: { basePath?: string } = {}): Promise<Receiver> => {
  const receiver = await openReceiver({ basePath, keepItems: true })
  const { ledger } = receiver
  return {
    ...receiver,
    get received() {
      return {
        spans: ledger.spans(),
        points: ledger.points(),
        logs: ledger.logs(),
        requests: ledger.requests(),
      }
    },
  }
}
