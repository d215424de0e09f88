/** One field as it stands on the wire: a varint as a signed 64-bit number, or the bytes of what has a length. */
export interface ProtobufField {
  readonly number: number
  readonly value: bigint | Uint8Array
}

const varint = 0
const fixed64 = 1
const lengthDelimited = 2
const fixed32 = 5

/** A varint and the offset behind it, or undefined where it is cut off or longer than any is. */
const readVarint = (bytes: Uint8Array, start: number): readonly [bigint, number] | undefined => {
  let value = 0n
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index]
    if (byte === undefined) return undefined
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return [value, start + index + 1]
  }
  return undefined
}

/**
 * The fields of a message, in order, up to the first that is cut off or of no kind that proto3 has: whoever answers
 * may send anything. Fixed-size fields are passed over, as no message that is read here has them. Never throws.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export const protobufFields = (bytes: Uint8Array): readonly ProtobufField[] => {
  const fields: ProtobufField[] = []
  let offset = 0
  while (offset < bytes.length) {
    const tag = readVarint(bytes, offset)
    if (tag === undefined) return fields
    const number = Number(tag[0] >> 3n)
    const wireType = Number(tag[0] & 7n)
    offset = tag[1]
    if (wireType === fixed64 || wireType === fixed32) {
      offset += wireType === fixed64 ? 8 : 4
      continue
    }
    if (wireType !== varint && wireType !== lengthDelimited) return fields
    const value = readVarint(bytes, offset)
    if (value === undefined) return fields
    offset = value[1]
    if (wireType === varint) {
      fields.push({ number, value: BigInt.asIntN(64, value[0]) })
      continue
    }
    const length = value[0]
    if (length > BigInt(bytes.length - offset)) return fields
    fields.push({ number, value: bytes.subarray(offset, offset + Number(length)) })
    offset += Number(length)
  }
  return fields
}

/** The number that a field holds; as protobuf has it, the last one counts and one that is not there is 0. */
export const numberOf = (fields: readonly ProtobufField[], number: number): number => {
  const field = fields.findLast((each) => each.number === number && typeof each.value === 'bigint')
  return field === undefined ? 0 : Number(field.value)
}

/** All bytes that a field holds, in order. */
export const bytesOf = (fields: readonly ProtobufField[], number: number): readonly Uint8Array[] =>
  fields.flatMap((field) => (field.number === number && typeof field.value !== 'bigint' ? [field.value] : []))

const decoder = new TextDecoder()

/** The text that a field holds, else an empty one; what is no UTF-8 becomes the sign for that. */
export const textOf = (fields: readonly ProtobufField[], number: number): string =>
  decoder.decode(bytesOf(fields, number).at(-1))
