import type { Signal } from '../../otlp/signals.ts'
import type { RpcStatus } from './rpc-status.ts'

/** What is known of a request before anybody looks into it. */
export interface RequestFacts {
  readonly signal: Signal
  readonly transport: 'grpc' | 'http'
  /** Uncompressed. */
  readonly sizeBytes: number
  /** The n-th request of its signal, from 0. */
  readonly index: number
  /** Names in lower case; over gRPC without those that HTTP/2 itself needs. */
  readonly headers: Readonly<Record<string, string>>
  readonly path: string
}

/** How a request is to be answered. */
export type Answer =
  | {
      readonly kind: 'accept'
      readonly delayMs?: number
      /** The request is taken, but the connection dies before the answer. */
      readonly thenReset?: boolean
    }
  | {
      /** The last `rejectedItems` of the request are refused. */
      readonly kind: 'partial'
      readonly rejectedItems: number
      readonly message: string
      readonly delayMs?: number
    }
  | {
      readonly kind: 'refuse'
      readonly httpStatus: number
      /** A client retries RESOURCE_EXHAUSTED (8) only with `retryAfterMs`. */
      readonly grpcStatus: number
      readonly message: string
      /** Over HTTP in whole seconds, rounded up. */
      readonly retryAfterMs?: number
      readonly delayMs?: number
    }
  /** The connection is reset, the request lost. */
  | { readonly kind: 'reset' }
  /** Nothing ever comes back. */
  | { readonly kind: 'hang' }

/** What a transport has to do in the end. */
export type Outcome =
  | { readonly kind: 'success'; readonly rejectedItems: number; readonly message: string }
  | { readonly kind: 'failure'; readonly httpStatus: number; readonly status: RpcStatus }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
