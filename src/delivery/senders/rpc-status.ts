import { clampedDelay } from './asked-delay.ts'
import { bytesOf, numberOf, protobufFields, textOf } from './protobuf-fields.ts'

/** What `google.rpc.Status` says to a client of OTLP. */
export interface RpcStatus {
  readonly message: string
  /** From its `RetryInfo`, in milliseconds; undefined without one. */
  readonly retryDelayMs: number | undefined
}

/** `RetryInfo { Duration { seconds = 1, nanos = 2 } retry_delay = 1 }`. */
const delayOf = (retryInfo: Uint8Array) => {
  const duration = protobufFields(bytesOf(protobufFields(retryInfo), 1).at(-1) ?? new Uint8Array())
  return clampedDelay(Math.ceil(numberOf(duration, 1) * 1_000 + numberOf(duration, 2) / 1e6))
}

/**
 * Reads a status; what is cut off or damaged is as if it were not there. A `RetryInfo` without a delay allows to
 * retry at once, one with a negative delay is none.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
export const readRpcStatus = (bytes: Uint8Array): RpcStatus => {
  // Status { message = 2, repeated Any details = 3 }, Any { type_url = 1, value = 2 }
  const fields = protobufFields(bytes)
  const retryInfos = bytesOf(fields, 3)
    .map(protobufFields)
    .filter((any) => textOf(any, 1).endsWith('/google.rpc.RetryInfo'))
    .map((any) => delayOf(bytesOf(any, 2).at(-1) ?? new Uint8Array()))
  return { message: textOf(fields, 2), retryDelayMs: retryInfos.find((delayMs) => delayMs !== undefined) }
}
