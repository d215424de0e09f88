/**
 * `google.rpc.Status`, which is the body of every HTTP answer from 400 up, and over gRPC what
 * `grpc-status-details-bin` holds.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
import protobuf from 'protobufjs'

const { root } = protobuf.parse(`
syntax = "proto3";

message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string type_url = 1; bytes value = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message BadRequest { repeated FieldViolation field_violations = 1; }
message FieldViolation { string field = 1; string description = 2; }
`)

const statusType = root.lookupType('Status')

/** What went wrong, as a receiver tells a client. */
export interface RpcStatus {
  /** A code of gRPC: 3 is INVALID_ARGUMENT. */
  readonly code: number
  readonly message: string
  /** The client may try again after this long. */
  readonly retryDelayMs?: number
  /** The request can never be accepted: this field of it is wrong, in this way. */
  readonly violation?: { readonly field: string; readonly description: string }
}

interface Detail {
  readonly type: 'RetryInfo' | 'BadRequest'
  readonly binary: object
  readonly json: object
}

const detailsOf = ({ retryDelayMs, violation }: RpcStatus): readonly Detail[] => [
  ...(retryDelayMs === undefined
    ? []
    : [
        {
          type: 'RetryInfo' as const,
          binary: {
            retryDelay: { seconds: Math.floor(retryDelayMs / 1_000), nanos: (retryDelayMs % 1_000) * 1e6 },
          },
          json: { retryDelay: `${retryDelayMs / 1_000}s` },
        },
      ]),
  ...(violation === undefined
    ? []
    : [
        {
          type: 'BadRequest' as const,
          binary: { fieldViolations: [violation] },
          json: { fieldViolations: [violation] },
        },
      ]),
]

const typeUrl = (type: string) => `type.googleapis.com/google.rpc.${type}`

/** The status as protobuf. */
export const encodeStatus = (status: RpcStatus): Buffer => {
  const details = detailsOf(status).map(({ type, binary }) => ({
    typeUrl: typeUrl(type),
    value: root.lookupType(type).encode(binary).finish(),
  }))
  return Buffer.from(statusType.encode({ code: status.code, message: status.message, details }).finish())
}

/** The status as JSON, in protobuf's mapping. */
export const statusJson = (status: RpcStatus): string => {
  const details = detailsOf(status).map(({ type, json }) => ({ '@type': typeUrl(type), ...json }))
  const { code, message } = status
  return JSON.stringify({ code, message, ...(details.length > 0 && { details }) })
}
