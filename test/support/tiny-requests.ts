import type { Batch } from '../../src/delivery/batch.ts'
import { fieldHead, readField } from '../../src/otlp/request-fields.ts'
import type { Signal } from '../../src/otlp/signals.ts'

/** The fields from a request down to its items, and in an item to its id: any field that it may have. */
const ways: Readonly<Record<Signal, readonly number[]>> = {
  traces: [1, 2, 2],
  metrics: [1, 2, 2, 5, 1],
  logs: [1, 2, 2],
}
const idField = 15

const field = (number: number, contents: readonly Uint8Array[]) => {
  const content = Buffer.concat(contents)
  return Buffer.concat([fieldHead(number, content.length), content])
}

/** A request with an item for each id, and nothing else; `padding` bytes more in each. */
export const tinyRequest = (signal: Signal, ids: readonly string[], padding = 0): Uint8Array => {
  const [itemField = 1, ...above] = ways[signal].toReversed()
  const items = ids.map((id) => field(itemField, [field(idField, [Buffer.from(id + ' '.repeat(padding))])]))
  return (
    above.reduce<readonly Uint8Array[]>((contents, number) => [field(number, contents)], items)[0] ??
    Buffer.of()
  )
}

const contentsOf = (bytes: Uint8Array, number: number): readonly Uint8Array[] => {
  const contents: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const found = readField(bytes, at, bytes.length)
    if (!found) throw new Error('no message')
    if (found.number === number) contents.push(bytes.subarray(found.contentStart, found.end))
    at = found.end
  }
  return contents
}

/** The ids of all items of a request. */
export const idsOf = (signal: Signal, bytes: Uint8Array): readonly string[] =>
  [...ways[signal], idField]
    .reduce<readonly Uint8Array[]>(
      (messages, number) => messages.flatMap((m) => contentsOf(m, number)),
      [bytes],
    )
    .map((id) => Buffer.from(id).toString().trim())

export const tinyBatch = (
  signal: Signal,
  ids: readonly string[],
  { padding = 0, acceptedAtMs = 0 } = {},
): Batch => ({ signal, items: ids.length, bytes: tinyRequest(signal, ids, padding), acceptedAtMs })
