import { isJsonObject } from '../../json.ts'
import type { Answer } from '../sender.ts'
import { bytesOf, numberOf, protobufFields, textOf } from './protobuf-fields.ts'
import { oneLine } from './reason.ts'

/** What an `Export<Signal>ServiceResponse` says. */
export interface PartialSuccess {
  /** Items that were rejected for good; 0 or more. Not checked against how many were sent. */
  readonly rejected: number
  /** Why; with 0 rejected a warning, or empty. */
  readonly message: string
}

const nothing: PartialSuccess = { rejected: 0, message: '' }

const countOf = (value: unknown) => {
  const count = Number(value)
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}

/**
 * Reads a response in protobuf; the three signals number their fields alike. What cannot be read rejects nothing.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export const readPartialSuccess = (response: Uint8Array): PartialSuccess => {
  // ExportTraceServiceResponse { partial_success = 1 },
  // ExportTracePartialSuccess { rejected_spans = 1, error_message = 2 }
  const bytes = bytesOf(protobufFields(response), 1).at(-1)
  if (bytes === undefined) return nothing
  const fields = protobufFields(bytes)
  return { rejected: countOf(numberOf(fields, 1)), message: textOf(fields, 2) }
}

/** Reads a response in JSON, which some collectors give whatever they were sent. */
export const readPartialSuccessJson = (response: unknown): PartialSuccess => {
  const partial = isJsonObject(response) ? response.partialSuccess : undefined
  if (!isJsonObject(partial)) return nothing
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } = partial
  return {
    rejected: countOf(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords),
    message: typeof errorMessage === 'string' ? errorMessage : '',
  }
}

/** The answer to a request that was taken. */
export const deliveredAnswer = (
  { rejected, message }: PartialSuccess,
  secrets: readonly string[],
): Answer => ({
  kind: 'delivered',
  rejected,
  reason: oneLine(message, secrets),
})
