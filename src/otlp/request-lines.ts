import { toOtlpJson } from './json.ts'
import { splitRequest } from './request.ts'
import { requestTypes } from './schema.ts'
import type { Signal } from './signals.ts'

/**
 * The longest line that the Collector's `otlp_json_file` receiver reads, in bytes, unless its `max_log_size` says
 * otherwise (1 MiB): what is longer it cuts into pieces, which are no JSON, and drops without a word.
 */
export const longestLineBytes = 1_000_000

/**
 * A request in protobuf as lines of OTLP JSON: one, or several that together hold its items where one would be longer
 * than the Collector reads. An item that is longer by itself is a line all the same.
 *
 * @throws {Error} by protobufjs, if the bytes are not a request
 */
export const requestLines = (
  signal: Signal,
  bytes: Uint8Array,
  longestBytes: number = longestLineBytes,
): readonly string[] => {
  const split = () =>
    splitRequest(signal, bytes)?.flatMap((part) => requestLines(signal, part.bytes, longestBytes))
  // its JSON will hardly be shorter
  const early = bytes.length > longestBytes ? split() : undefined
  if (early) return early
  const type = requestTypes[signal]
  const line = JSON.stringify(toOtlpJson(type, type.decode(bytes)))
  return Buffer.byteLength(line) <= longestBytes ? [line] : (split() ?? [line])
}
