/**
 * OTLP requests in protobuf, joined, split and counted as bytes: what is in an item is nobody's business here, so
 * nothing is decoded, and no schema has to be loaded on the way of every training.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto release 1.9: the numbers of the fields
 */
import { type Field, fieldHead, type Range, readField } from './request-fields.ts'
import type { Signal } from './signals.ts'

/** A request and the number of its items. */
export interface Part {
  /** `Export<Signal>ServiceRequest` in protobuf. */
  readonly bytes: Uint8Array
  /** Spans, log records or metric points; at least 1. */
  readonly items: number
}

/**
 * The fields that lead from a request down to its items, level by level: resources, scopes, items; for metrics on to
 * what a metric is (gauge, sum, histogram, exponential histogram, summary) and to its points.
 */
const ways: Readonly<Record<Signal, readonly (readonly number[])[]>> = {
  traces: [[1], [2], [2]],
  metrics: [[1], [2], [2], [5, 7, 9, 10, 11], [1]],
  logs: [[1], [2], [2]],
}

/** The level below which the parts of one metric are. */
const metricLevel = 3

/**
 * One request with all that the given ones hold, in their order.
 *
 * Their bytes, one after the other, are that request: a parser that meets a repeated field again appends to it, and
 * every field of an `Export<Signal>ServiceRequest` is repeated.
 *
 * @see https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
export const joinRequests = (requests: readonly Uint8Array[]): Uint8Array => {
  const [first, ...others] = requests
  if (first !== undefined && others.length === 0) return first
  return concat(requests)
}

const concat = (chunks: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** A message on the way to items, taken apart: fields in their order. */
interface Message {
  readonly fields: readonly (Field | Branch)[]
  readonly items: number
}

/** A field on the way to items. */
interface Branch extends Range {
  readonly number: number
  readonly items: number
  /** `undefined` for an item itself. */
  readonly message: Message | undefined
}

const isBranch = (field: Field | Branch): field is Branch => 'items' in field

/** `undefined`: this is no such message. */
const takeApart = (
  bytes: Uint8Array,
  { start, end }: Range,
  [here = [], ...below]: readonly (readonly number[])[],
): Message | undefined => {
  const fields: (Field | Branch)[] = []
  let items = 0
  for (let at = start; at < end; ) {
    const field = readField(bytes, at, end)
    if (field === undefined) return undefined
    at = field.end
    if (here.includes(field.number)) {
      const branch = branchOf(bytes, field, below)
      if (branch === undefined) return undefined
      items += branch.items
      fields.push(branch)
    } else fields.push(field)
  }
  return { fields, items }
}

const branchOf = (
  bytes: Uint8Array,
  { number, start, end, contentStart }: Field,
  below: readonly (readonly number[])[],
): Branch | undefined => {
  if (contentStart === undefined) return undefined
  if (below.length === 0) return { number, start, end, items: 1, message: undefined }
  const message = takeApart(bytes, { start: contentStart, end }, below)
  return message && { number, start, end, items: message.items, message }
}

const readRequest = (signal: Signal, bytes: Uint8Array) =>
  takeApart(bytes, { start: 0, end: bytes.length }, ways[signal])

/** Spans, log records or metric points in a request; 0 if the bytes are not one. */
export const countItems = (signal: Signal, bytes: Uint8Array): number =>
  readRequest(signal, bytes)?.items ?? 0

/**
 * Two requests that together hold the items of one, in their order, about half of them each; both say of resource,
 * scope and metric all that the one said. Metrics are split between two metrics where that leaves at least a quarter
 * of the points to each side, else between two points of one.
 *
 * @returns `undefined` if the bytes are not a request, or have less than two items
 */
export const splitRequest = (signal: Signal, bytes: Uint8Array): readonly [Part, Part] | undefined => {
  const request = readRequest(signal, bytes)
  if (request === undefined || request.items < 2) return undefined
  const cut = (signal === 'metrics' ? cutBetweenMetrics(request) : undefined) ?? request.items >> 1
  return [
    { bytes: part(bytes, request, 0, cut), items: cut },
    { bytes: part(bytes, request, cut, Number.POSITIVE_INFINITY), items: request.items - cut },
  ]
}

/** How many points come before a metric, for the one that starts nearest to the middle. */
const cutBetweenMetrics = (request: Message): number | undefined => {
  const { items } = request
  const starts: number[] = []
  let before = 0
  const collect = ({ fields }: Message, level: number) => {
    for (const field of fields) {
      if (!isBranch(field)) continue
      if (level < metricLevel - 1 && field.message) collect(field.message, level + 1)
      else {
        starts.push(before)
        before += field.items
      }
    }
  }
  collect(request, 0)
  const fromMiddle = (start: number) => Math.abs(start - items / 2)
  const nearest = starts.reduce((best, start) => (fromMiddle(start) < fromMiddle(best) ? start : best), 0)
  return fromMiddle(nearest) <= items / 4 ? nearest : undefined
}

/**
 * The items from number `from` up to but not with `to`, of a message. What lies beside them on the way, such as a
 * resource, belongs to them; a branch without items goes where the items would go that come next.
 */
const part = (bytes: Uint8Array, message: Message, from: number, to: number): Uint8Array => {
  const chunks: Uint8Array[] = []
  let pending: Range = { start: 0, end: 0 }
  const flush = () => {
    if (pending.end > pending.start) chunks.push(bytes.subarray(pending.start, pending.end))
  }
  // neighbours are one piece: most often all items are
  const copy = ({ start, end }: Range) => {
    if (start === pending.end) pending = { start: pending.start, end }
    else {
      flush()
      pending = { start, end }
    }
  }
  let at = 0
  for (const field of message.fields) {
    if (!isBranch(field)) copy(field)
    else {
      const next = at + field.items
      const isWhole = at >= from && at < to && next <= to
      if (isWhole) copy(field)
      else if (field.message && next > from && at < to) {
        flush()
        pending = { start: 0, end: 0 }
        const content = part(bytes, field.message, from - at, to - at)
        chunks.push(fieldHead(field.number, content.length), content)
      }
      at = next
    }
  }
  flush()
  return concat(chunks)
}
