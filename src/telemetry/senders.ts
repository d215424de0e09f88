import type { Sender } from '../delivery/sender.ts'
import type { Signal } from '../otlp/signals.ts'
import { type OtlpDestination, withoutSignal } from './signals.ts'
import { readTls } from './tls.ts'

/** Opens senders for destinations; signals that go to the same place over gRPC share a connection. */
export interface SenderFactory {
  /**
   * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) for certificates that cannot be read
   */
  readonly open: (signal: Signal, destination: OtlpDestination) => Promise<Sender>
}

/** What is the same for signals that go to the same collector. */
export const placeOf = ({ timeoutMs: _, url, ...rest }: OtlpDestination, signal: Signal): string =>
  JSON.stringify({ url: withoutSignal(url, signal), ...rest })

/** @param version - of this program, as a backend sees it */
export const createSenders = (version: string): SenderFactory => {
  const shared = new Map<string, Sender>()
  const userAgent = `taskbeat/${version}`
  return {
    open: async (signal, destination) => {
      const { protocol, url, headers, compression } = destination
      const tls = url.startsWith('https:') ? readTls(destination, signal) : undefined
      // each is loaded when it is selected, not before: gRPC costs 60 ms and 15 MB
      if (protocol === 'http/protobuf') {
        const { openHttpSender } = await import('../delivery/senders/http.ts')
        return openHttpSender({ url, headers, compression, userAgent, ...(tls && { tls }) })
      }
      const place = placeOf(destination, signal)
      const known = shared.get(place)
      if (known) return known
      const { openGrpcSender } = await import('../delivery/senders/grpc.ts')
      const address = url.replace(/^https?:\/\//, '')
      const sender = openGrpcSender({ address, tls, headers, compression, userAgent })
      shared.set(place, sender)
      return sender
    },
  }
}
