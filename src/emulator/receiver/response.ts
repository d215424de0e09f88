import { rejectedField, responseTypes } from '../../otlp/schema.ts'
import type { Signal } from '../../otlp/signals.ts'

/** What a client is told of a request that was taken. */
export interface Success {
  readonly rejectedItems: number
  /** Why; may warn even when nothing was rejected. */
  readonly message: string
}

/** The specification: `partial_success` is there only when something is to be said. */
const partialSuccess = (signal: Signal, { rejectedItems, message }: Success, count: number | string) =>
  rejectedItems === 0 && message === ''
    ? {}
    : { partialSuccess: { [rejectedField[signal]]: count, errorMessage: message } }

/** An `Export<Signal>ServiceResponse` as protobuf. */
export const encodeResponse = (signal: Signal, success: Success): Buffer => {
  const type = responseTypes[signal]
  return Buffer.from(type.encode(partialSuccess(signal, success, success.rejectedItems)).finish())
}

/** An `Export<Signal>ServiceResponse` as OTLP JSON. */
export const responseJson = (signal: Signal, success: Success): string =>
  JSON.stringify(partialSuccess(signal, success, String(success.rejectedItems)))
