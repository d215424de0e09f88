/**
 * OTLP over gRPC.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
import { createServer, type Server as NetServer } from 'node:net'
import {
  type handleUnaryCall,
  Metadata,
  ResponderBuilder,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
  status as statusCodes,
} from '@grpc/grpc-js'
import { exportPaths, type Signal, signals } from '../../otlp/signals.ts'
import { type Intake, maxMessageBytes } from './intake.ts'
import type { LedgerWriter } from './ledger.ts'
import { encodeResponse } from './response.ts'
import { encodeStatus, type RpcStatus } from './rpc-status.ts'

const bytes = (message: Buffer) => message

const serviceOf = (signal: Signal): ServiceDefinition => ({
  Export: {
    path: exportPaths[signal],
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
})

const headersOf = (metadata: Metadata) =>
  Object.fromEntries(Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]))

/** Where gRPC carries what `google.rpc.Status` says beyond code and message. */
const detailed = (status: RpcStatus) => {
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', encodeStatus(status))
  return { code: status.code, details: status.message, metadata }
}

/** The library ends such calls on its own and tells nobody with which status. */
const unread = 'grpc unread: over 20 MiB, badly compressed, or cut off by the client'

/** Notes calls that end before a handler sees a message. */
const noteUnread =
  (ledger: LedgerWriter): ServerInterceptor =>
  (method, call) => {
    const signal = signals.find((name) => exportPaths[name] === method.path)
    let isRead = false
    return new ServerInterceptingCall(
      call,
      new ResponderBuilder()
        .withStart((next) =>
          next({
            onReceiveMessage: (message, pass) => {
              isRead = true
              pass(message)
            },
            // called at the end of every call, whoever ends it
            onCancel: () => {
              if (signal && !isRead) ledger.refuse(signal, unread)
            },
          }),
        )
        .build(),
    )
  }

export interface GrpcOptions {
  readonly intake: Intake
  readonly ledger: LedgerWriter
  /** Resets the connection of a client, known by its address. */
  readonly reset: (peer: string) => void
}

export interface GrpcServer {
  /** Its connections; it is not listening yet. */
  readonly server: NetServer
  /** For good. */
  readonly shutdown: () => void
}

/** A server of OTLP over gRPC behind a plain server of connections, which may close and listen again. */
export const makeGrpcServer = ({ intake, ledger, reset }: GrpcOptions): GrpcServer => {
  const grpc = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    // it would keep a process alive, and nobody reads it
    'grpc.enable_channelz': 0,
    interceptors: [noteUnread(ledger)],
  })
  for (const signal of signals) {
    const path = exportPaths[signal]
    const receive: handleUnaryCall<Buffer, Buffer> = (call, done) => {
      const peer = call.getPeer()
      const headers = headersOf(call.metadata)
      intake({ signal, transport: 'grpc', path, headers, encoding: 'protobuf', body: call.request }).then(
        (outcome) => {
          if (outcome.kind === 'reset') reset(peer)
          else if (outcome.kind === 'success') done(null, encodeResponse(signal, outcome))
          else if (outcome.kind === 'failure') done(detailed(outcome.status))
        },
        (error: unknown) => done({ code: statusCodes.INTERNAL, details: String(error) }),
      )
    }
    grpc.addService(serviceOf(signal), { Export: receive })
  }
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  const server = createServer({ noDelay: true }, (socket) => injector.injectConnection(socket))
  return {
    server,
    shutdown: () => {
      injector.destroy()
      grpc.forceShutdown()
    },
  }
}
