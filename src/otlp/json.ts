/**
 * Decoded protobuf as OTLP JSON, in the form that the Collector writes: keys in the order of the schema, ids as hex,
 * 64-bit integers as strings, what is empty left out, and a lone message (`resource`, `status`, `body`) always there.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import protobuf from 'protobufjs'
import type { JsonObject, JsonValue } from '../json.ts'

/** These are hex in OTLP JSON; all other bytes are base64, as in protobuf's own mapping. */
export const isIdField = (name: string): boolean => /^(trace|span|parentSpan)Id$/.test(name)

/** Whether an id in hex says nothing; the specification calls it invalid, and the Collector leaves it out. */
export const isEmptyId = (hex: string): boolean => /^0*$/.test(hex)

/** A double: JSON has no word for three of them, protobuf's mapping has. */
export const doubleJson = (value: number): JsonValue => (Number.isFinite(value) ? value : String(value))

/** Whether a field keeps apart "not set" and "set to nothing": one of a `oneof`, or `optional`. */
export const hasPresence = (field: protobuf.Field): boolean => field.partOf !== null

type Message = Readonly<Record<string, unknown>>
/** `undefined`: nothing to write. */
type Write = (value: never) => JsonValue | undefined

interface Long {
  readonly low: number
  readonly high: number
}

const isLong64 = (type: string) => /64$/.test(type)
const isUnsigned = (type: string) => type === 'fixed64' || type === 'uint64'

/** Several times as fast as the division that a Long does itself. */
const longText = ({ low, high }: Long, unsigned: boolean) =>
  high === 0 && low >= 0
    ? String(low)
    : String((BigInt(unsigned ? high >>> 0 : high) << 32n) | BigInt(low >>> 0))

const bytesOf = (value: Uint8Array) =>
  Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)

const scalar = (field: protobuf.Field, keepsEmpty: boolean): Write => {
  const unlessEmpty = <T>(isEmpty: (value: T) => boolean, write: (value: T) => JsonValue) =>
    keepsEmpty ? write : (value: T) => (isEmpty(value) ? undefined : write(value))
  if (field.type === 'bytes') {
    if (!isIdField(field.name)) {
      return unlessEmpty(
        (value: Uint8Array) => value.length === 0,
        (value) => bytesOf(value).toString('base64'),
      )
    }
    return (value: Uint8Array) => {
      const hex = bytesOf(value).toString('hex')
      return isEmptyId(hex) ? undefined : hex
    }
  }
  if (isLong64(field.type)) {
    const unsigned = isUnsigned(field.type)
    return unlessEmpty(
      ({ low, high }: Long) => low === 0 && high === 0,
      (value) => longText(value, unsigned),
    )
  }
  if (field.type === 'double') return unlessEmpty((value: number) => value === 0, doubleJson)
  return unlessEmpty(
    (value: string | number | boolean) => !value,
    (value) => value,
  )
}

interface FieldWriter {
  readonly name: string
  readonly write: Write
  /** Protobuf leaves out what is not set: only an own property was on the wire. */
  readonly absent: JsonValue | undefined
}

const nothing: JsonObject = {}

const fieldWriter = (field: protobuf.Field): FieldWriter => {
  const { name } = field.resolve()
  const type = field.resolvedType instanceof protobuf.Type ? field.resolvedType : undefined
  if (field.repeated) {
    const one = (type ? (value: Message) => write(type, value) : scalar(field, true)) as (
      value: unknown,
    ) => JsonValue
    return {
      name,
      absent: undefined,
      write: (values: readonly unknown[]) => (values.length > 0 ? values.map(one) : undefined),
    }
  }
  const keepsEmpty = hasPresence(field)
  if (type) {
    return { name, absent: keepsEmpty ? undefined : nothing, write: (value: Message) => write(type, value) }
  }
  return { name, absent: undefined, write: scalar(field, keepsEmpty) }
}

const writers = new Map<protobuf.Type, readonly FieldWriter[]>()

const writersOf = (type: protobuf.Type) => {
  const known = writers.get(type)
  if (known) return known
  const made = type.fieldsArray.map(fieldWriter)
  writers.set(type, made)
  return made
}

const write = (type: protobuf.Type, message: Message): JsonObject => {
  const json: Record<string, JsonValue> = {}
  for (const { name, write: writeField, absent } of writersOf(type)) {
    const value = Object.hasOwn(message, name) ? writeField(message[name] as never) : absent
    if (value !== undefined) json[name] = value
  }
  return json
}

/** A decoded message of this type as OTLP JSON. */
export const toOtlpJson = (type: protobuf.Type, message: protobuf.Message): JsonObject =>
  write(type, message as unknown as Message)
