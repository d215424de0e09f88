/**
 * What an answer over gRPC means.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
import type { Answer } from '../sender.ts'
import { connectionTrouble } from './connection-trouble.ts'
import { oneLine } from './reason.ts'
import { readRpcStatus } from './rpc-status.ts'

/** A call that did not end with OK, by the collector or by the library on its own. */
export interface GrpcFailure {
  readonly code: number
  readonly details: string
  /** `grpc-status-details-bin`: a `google.rpc.Status`. */
  readonly statusDetails?: Uint8Array | undefined
}

/** The codes by their number. */
const names =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  )

const retryable: ReadonlySet<string> = new Set([
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNAVAILABLE',
  'DATA_LOSS',
])

/** A limit of ours that no server has, so that what the library says of an answer is not taken for the server's. */
export const maxAnswerBytes = 4 * 1_024 * 1_024 - 1

/**
 * How the libraries of gRPC tell that a request is too large. Go, C++, Node, .NET and Java give RESOURCE_EXHAUSTED,
 * Rust OUT_OF_RANGE, and a proxy in between has only its HTTP status.
 */
const isTooLarge = (name: string | undefined, details: string) =>
  ((name === 'RESOURCE_EXHAUSTED' || name === 'OUT_OF_RANGE') &&
    /\bmessage\b.*(larger than|too large|exceeds (the )?(configured )?max)/is.test(details) &&
    !details.includes(String(maxAnswerBytes))) ||
  details === 'Received HTTP status code 413'

/**
 * The library gives codes to what no collector said: a stream or a connection that broke. The names below are its own
 * words (grpc-js 1.14: `subchannel-call.js`, `load-balancing-call.js`).
 */
const isBrokenConnection = (details: string) =>
  /^(Received RST_STREAM with code|Failed to start HTTP\/2 stream|Bandwidth exhausted or memory limit)/.test(
    details,
  )

const noConnection = /^No connection established\. Last error: (null\b)?/

/** The library's report on a connection that it could not make, without its frame. */
const withoutFrame = (details: string) =>
  details
    .replace(noConnection, '')
    .replace(/\.? ?Resolution note: .*$/s, '')
    .replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)/g, '')
    .replace(/^Error: /, '')

/** Judges a call that failed, by the specification. */
export const judgeGrpcFailure = (
  { code, details, statusDetails }: GrpcFailure,
  secrets: readonly string[],
): Answer => {
  const name = names[code]
  const status = readRpcStatus(statusDetails ?? new Uint8Array())
  const text = noConnection.test(details) ? connectionTrouble(withoutFrame(details), secrets) : details
  const reason = oneLine(
    [name ?? `status ${code}`, text || status.message].filter(Boolean).join(': '),
    secrets,
  )
  const afterMs = status.retryDelayMs
  const mayComeBack = name === 'RESOURCE_EXHAUSTED' && afterMs !== undefined
  if (!mayComeBack && isTooLarge(name, details)) return { kind: 'too-large', reason }
  if (mayComeBack || (name !== undefined && retryable.has(name)) || isBrokenConnection(details)) {
    return { kind: 'retry', reason, ...(afterMs !== undefined && { afterMs }) }
  }
  return { kind: 'refused', reason }
}
