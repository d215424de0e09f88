import type { JsonObject } from '../../json.ts'
import { itemListsOf, sift } from '../../otlp/items.ts'
import { toOtlpJson } from '../../otlp/json.ts'
import { requestTypes } from '../../otlp/schema.ts'
import type { Signal } from '../../otlp/signals.ts'
import { itemFault } from './item-fault.ts'
import { MalformedRequest, readOtlpJson } from './read-otlp-json.ts'

/** How a request is written. */
export type Encoding = 'protobuf' | 'json'

/** What the bytes of a request say. */
export type Decoded =
  | {
      readonly kind: 'request'
      /** In OTLP JSON, without its malformed items. */
      readonly request: JsonObject
      /** Items that are left. */
      readonly items: number
      /** Why an item could not be taken, one entry each. */
      readonly faults: readonly string[]
    }
  | { readonly kind: 'malformed'; readonly reason: string; readonly field: string }

const countItems = (signal: Signal, request: JsonObject) =>
  itemListsOf(signal, request).reduce((sum, { items }) => sum + items.length, 0)

const read = (signal: Signal, encoding: Encoding, body: Uint8Array): JsonObject => {
  const type = requestTypes[signal]
  if (encoding === 'protobuf') return toOtlpJson(type, type.decode(body))
  return readOtlpJson(type, Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
}

/** Decodes a request, whatever its bytes are: a request that makes no sense is a value, not an error. */
export const decodeRequest = (signal: Signal, encoding: Encoding, body: Uint8Array): Decoded => {
  let request: JsonObject
  try {
    request = read(signal, encoding, body)
  } catch (error) {
    const field = error instanceof MalformedRequest ? error.path : ''
    const { message } = error as Error
    const format = encoding === 'json' ? 'OTLP JSON' : 'protobuf'
    return {
      kind: 'malformed',
      field,
      reason: `not ${format} of ${signal}: ${field && `${field}: `}${message}`,
    }
  }
  const faults: string[] = []
  for (const { items } of itemListsOf(signal, request)) {
    for (const item of items) {
      const fault = itemFault(signal, item)
      if (fault !== undefined) faults.push(fault)
    }
  }
  if (faults.length > 0) request = sift(signal, request, (item) => itemFault(signal, item) === undefined)
  return { kind: 'request', request, items: countItems(signal, request), faults }
}

/** The request, of `total` items, without its last ones. */
export const withoutLast = (
  signal: Signal,
  request: JsonObject,
  { total, count }: { readonly total: number; readonly count: number },
): JsonObject => {
  let index = 0
  return sift(signal, request, () => {
    index += 1
    return index <= total - count
  })
}
