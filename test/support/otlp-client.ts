import { Client, credentials, Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js'
import { requestTypes, responseTypes } from '../../src/otlp/schema.ts'
import type { Signal } from '../../src/otlp/signals.ts'
import { exportPaths } from '../../src/otlp/signals.ts'

/** A request as protobuf, from an object with the names of the schema. */
export const encode = (signal: Signal, request: object): Buffer => {
  const type = requestTypes[signal]
  return Buffer.from(type.encode(type.fromObject(request)).finish())
}

export const hexBytes = (hex: string): Buffer => Buffer.from(hex, 'hex')

/** What came back from a call over gRPC. */
export interface GrpcAnswer {
  /** 0: success. */
  readonly code: number
  readonly message: string
  readonly details: Buffer | undefined
  readonly response: object | undefined
}

export interface GrpcClient extends Disposable {
  readonly export: (signal: Signal, body: Buffer, options?: { deadlineMs?: number }) => Promise<GrpcAnswer>
}

const detailsOf = ({ metadata }: StatusObject) => {
  const [details] = metadata.get('grpc-status-details-bin')
  return Buffer.isBuffer(details) ? details : undefined
}

/** A client that sends whatever bytes it is given, and retries nothing. */
export const connectGrpc = (
  url: string,
  { compression = 0, headers = {} }: { compression?: 0 | 1 | 2; headers?: Record<string, string> } = {},
): GrpcClient => {
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': compression,
    'grpc.enable_retries': 0,
    // else another client of the same address waits with this one to connect again
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_send_message_length': -1,
  })
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  const bytes = (message: Buffer) => message
  return {
    export: (signal, body, { deadlineMs } = {}) =>
      new Promise((resolve) => {
        const deadline = deadlineMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + deadlineMs
        const done = (error: ServiceError | null, response?: Buffer) =>
          resolve({
            code: error?.code ?? 0,
            message: error?.details ?? '',
            details: error ? detailsOf(error) : undefined,
            response: response && responseTypes[signal].decode(response).toJSON(),
          })
        client.makeUnaryRequest(exportPaths[signal], bytes, bytes, body, metadata, { deadline }, done)
      }),
    [Symbol.dispose]: () => client.close(),
  }
}
