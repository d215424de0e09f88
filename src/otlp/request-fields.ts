/**
 * The wire format of protobuf, as far as one has to know it to take a message apart at its seams: which field, how
 * long. Nothing is decoded, and nothing outside of the given bytes is read, whatever they say.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** Bytes from `start` on, up to but not with `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** One field of a message. The range is that of the whole field, with its tag. */
export interface Field extends Range {
  readonly number: number
  /** Where the content of a length-delimited field starts; `undefined` for any other. */
  readonly contentStart: number | undefined
}

const varintType = 0
const fixed64Type = 1
const lengthDelimitedType = 2
const fixed32Type = 5

interface Varint {
  /** Beyond 2^53 it is not exact, and larger than any length. */
  readonly value: number
  readonly end: number
}

const longestVarintBytes = 10

const readVarint = (bytes: Uint8Array, at: number, end: number): Varint | undefined => {
  const last = Math.min(end, at + longestVarintBytes)
  let value = 0
  for (let next = at, scale = 1; next < last; next += 1, scale *= 128) {
    const byte = bytes[next] ?? 0
    value += (byte & 127) * scale
    if (byte < 128) return { value, end: next + 1 }
  }
  return undefined
}

const largestTag = 2 ** 32 - 1

/**
 * The field that starts at `at` in a message that ends at `end`; `undefined` if no field does. Groups, which no
 * version of OTLP has, are no fields here.
 */
export const readField = (bytes: Uint8Array, at: number, end: number): Field | undefined => {
  const tag = readVarint(bytes, at, end)
  if (tag === undefined || tag.value < 8 || tag.value > largestTag) return undefined
  const number = Math.floor(tag.value / 8)
  const fieldTo = (fieldEnd: number, contentStart?: number): Field | undefined =>
    fieldEnd <= end ? { number, start: at, end: fieldEnd, contentStart } : undefined
  switch (tag.value % 8) {
    case varintType: {
      const varint = readVarint(bytes, tag.end, end)
      return varint && fieldTo(varint.end)
    }
    case fixed64Type:
      return fieldTo(tag.end + 8)
    case lengthDelimitedType: {
      const length = readVarint(bytes, tag.end, end)
      return length && fieldTo(length.end + length.value, length.end)
    }
    case fixed32Type:
      return fieldTo(tag.end + 4)
    default:
      return undefined
  }
}

const writeVarint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...writeVarint(Math.floor(value / 128))]

/** Tag and length of a length-delimited field, which its content follows. */
export const fieldHead = (number: number, contentBytes: number): Uint8Array =>
  Uint8Array.from([...writeVarint(number * 8 + lengthDelimitedType), ...writeVarint(contentBytes)])
