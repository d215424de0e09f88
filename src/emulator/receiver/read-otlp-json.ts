/**
 * OTLP JSON as a client sends it, checked against the schema, in the same form as decoded protobuf: unknown fields
 * gone, ids in lower case, 64-bit integers as strings.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import protobuf from 'protobufjs'
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { doubleJson, hasPresence, isEmptyId, isIdField } from '../../otlp/json.ts'

/** A request that cannot be understood, and which field of it. */
export class MalformedRequest extends Error {
  path: string

  constructor(message: string, path = '') {
    super(message)
    this.path = path
  }
}

/** Deeper than protobuf itself allows: a stack that overflows would be our fault, not the client's. */
const maxDepth = 100

const shown = (value: JsonValue) => {
  const text = JSON.stringify(value)
  return `got ${text.length > 40 ? `${text.slice(0, 40)}…` : text} (${typeof value})`
}

const wrong = (expected: string, value: JsonValue) =>
  new MalformedRequest(`expected ${expected}, ${shown(value)}`)

/** Adds where it happened to what is thrown. */
const within = <T>(step: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof MalformedRequest) {
      error.path = `${step}${error.path === '' || error.path.startsWith('[') ? '' : '.'}${error.path}`
    }
    throw error
  }
}

type Read = (value: JsonValue, depth: number) => JsonValue

const bits: Readonly<Record<string, readonly [signed: boolean, size: bigint]>> = {
  int32: [true, 32n],
  sint32: [true, 32n],
  uint32: [false, 32n],
  fixed32: [false, 32n],
  int64: [true, 64n],
  sfixed64: [true, 64n],
  uint64: [false, 64n],
  fixed64: [false, 64n],
}

/** A whole number, as a number or a string, that the type can hold. */
const integer = (type: string): Read | undefined => {
  const [signed, size] = bits[type] ?? []
  if (size === undefined) return undefined
  const fits = (value: bigint) =>
    signed ? BigInt.asIntN(Number(size), value) : BigInt.asUintN(Number(size), value)
  return (value) => {
    const isWhole = typeof value === 'number' ? Number.isInteger(value) : /^-?\d+$/.test(String(value))
    if (!isWhole || typeof value === 'boolean') throw wrong(`a whole number of ${size} bits`, value)
    const whole = BigInt(value as string | number)
    if (fits(whole) !== whole) throw wrong(`a whole number of ${size} bits`, value)
    return size === 64n ? String(whole) : Number(whole)
  }
}

const double: Read = (value) => {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && value !== '') {
    const number = Number(value)
    if (value === 'NaN' || !Number.isNaN(number)) return doubleJson(number)
  }
  throw wrong('a number', value)
}

const text: Read = (value) => {
  if (typeof value === 'string') return value
  throw wrong('a string', value)
}

const bool: Read = (value) => {
  if (typeof value === 'boolean') return value
  throw wrong('true or false', value)
}

/** An id of a wrong length or alphabet spoils its item only, so the item's check speaks of it. */
const id: Read = (value) => {
  const hex = String(text(value, 0)).toLowerCase()
  return isEmptyId(hex) ? '' : hex
}

const base64: Read = (value) => Buffer.from(String(text(value, 0)), 'base64').toString('base64')

const scalar = (field: protobuf.Field): Read => {
  if (field.type === 'string') return text
  if (field.type === 'bool') return bool
  if (field.type === 'double') return double
  if (field.type === 'bytes') return isIdField(field.name) ? id : base64
  const read = integer(field.type)
  if (!read) throw new Error(`the schema has a type that nobody reads: ${field.type}`)
  return read
}

interface FieldReader {
  readonly name: string
  /** As in the schema. The specification does not allow it; older C++ exporters send it, and the Collector reads it. */
  readonly originalName: string
  readonly read: Read
  readonly isEmpty: (value: JsonValue) => boolean
  readonly absent: JsonValue | undefined
}

const isZero = (value: JsonValue) => value === '' || value === 0 || value === false || value === '0'
const isEmptyList = (value: JsonValue) => Array.isArray(value) && value.length === 0
const never = () => false

const fieldReader = (field: protobuf.Field): FieldReader => {
  const { name } = field.resolve()
  const originalName = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const type = field.resolvedType instanceof protobuf.Type ? field.resolvedType : undefined
  const one: Read = type ? (value, depth) => readMessage(type, value, depth + 1) : scalar(field)
  const keepsEmpty = hasPresence(field) && !isIdField(name)
  if (!field.repeated) {
    const absent = type && !keepsEmpty ? {} : undefined
    // '0' is empty as a 64-bit integer, not as a string
    const isEmpty = (value: JsonValue) => isZero(value) && !(field.type === 'string' && value === '0')
    return { name, originalName, read: one, isEmpty: keepsEmpty || type ? never : isEmpty, absent }
  }
  const read: Read = (value, depth) => {
    if (!Array.isArray(value)) throw wrong('a list', value)
    return value.map((entry, index) => within(`[${index}]`, () => one(entry, depth)))
  }
  return { name, originalName, read, isEmpty: isEmptyList, absent: undefined }
}

const readers = new Map<protobuf.Type, readonly FieldReader[]>()

const readersOf = (type: protobuf.Type) => {
  const known = readers.get(type)
  if (known) return known
  const made = type.fieldsArray.map(fieldReader)
  readers.set(type, made)
  return made
}

const readMessage = (type: protobuf.Type, value: JsonValue, depth: number): JsonObject => {
  if (!isJsonObject(value)) throw wrong('an object', value)
  if (depth > maxDepth) throw new MalformedRequest(`nested deeper than ${maxDepth} messages`)
  const json: Record<string, JsonValue> = {}
  for (const { name, originalName, read, isEmpty, absent } of readersOf(type)) {
    const sent = value[name] ?? value[originalName]
    // null is protobuf's word for a field that is not set
    const understood = sent === undefined || sent === null ? absent : within(name, () => read(sent, depth))
    if (understood !== undefined && !isEmpty(understood)) json[name] = understood
  }
  return json
}

/** A number outside of quotes that has more digits than a double keeps; inside of quotes it does no harm. */
const longNumber = /[:[,]\s*-?\d{16}/

const keepDigits = (_key: string, value: unknown, { source = '' }: { source?: string } = {}) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value

const parse = (source: string): JsonValue => {
  try {
    return JSON.parse(source, longNumber.test(source) ? keepDigits : undefined)
  } catch (error) {
    throw new MalformedRequest(`not JSON: ${(error as Error).message}`)
  }
}

/**
 * Reads the text of a request.
 *
 * @throws {MalformedRequest} when it is not JSON, or a known field has a wrong value
 */
export const readOtlpJson = (type: protobuf.Type, source: string): JsonObject =>
  readMessage(type, parse(source), 0)
