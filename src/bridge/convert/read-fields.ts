import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import type { Attributes, AttributeValue } from '../../otlp/points/point.ts'
import type { AttributeSource } from '../mapping/mapping.ts'
import { isPointer, type Pointer, valueAt } from '../mapping/pointer.ts'
import type { TroubleKind } from '../trouble.ts'

/** Takes what is wrong in a record. */
export type Note = (kind: TroubleKind, message: string, example?: string) => void

const longestAttribute = 256

const kindOf = (value: JsonValue) => {
  if (Array.isArray(value)) return 'a list'
  if (isJsonObject(value)) return 'an object'
  return (
    { string: 'a text', boolean: 'a truth value', number: String(value) }[typeof value as string] ?? 'null'
  )
}

/** The attributes of which a document has the values. */
export const readAttributes = (
  document: JsonObject,
  sources: Readonly<Record<string, AttributeSource>>,
  note: Note,
): Attributes => {
  const read = (source: AttributeSource): AttributeValue | undefined => {
    if (!isPointer(source)) return source
    const value = valueAt(document, source) ?? undefined
    if (typeof value === 'string') return value.slice(0, longestAttribute)
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
    if (value === undefined) note('missing-field', `${source} is not there`)
    else note('field', `${source} is ${kindOf(value)}, which is no attribute`)
    return undefined
  }
  return Object.fromEntries(
    Object.entries(sources)
      .map(([name, source]) => [name, read(source)] as const)
      .filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined),
  )
}

/** A number that is there, also NaN. */
export const readNumber = (document: JsonObject, pointer: Pointer, note: Note): number | undefined => {
  const value = valueAt(document, pointer) ?? undefined
  if (typeof value === 'number') return value
  if (value === undefined) note('missing-field', `${pointer} is not there`)
  else note('field', `${pointer} is ${kindOf(value)}, where a number is needed`)
  return undefined
}

/** A finite number from 0. */
export const readCount = (document: JsonObject, pointer: Pointer, note: Note): number | undefined => {
  const value = readNumber(document, pointer, note)
  if (value === undefined || (value >= 0 && Number.isFinite(value))) return value
  note(
    Number.isFinite(value) ? 'field' : 'not-finite',
    `${pointer} is negative or not finite, and is not counted`,
  )
  return undefined
}
