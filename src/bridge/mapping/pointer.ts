import { isJsonObject, type JsonValue } from '../../json.ts'

/** A JSON pointer: `/training_metrics/epoch`. @see https://www.rfc-editor.org/rfc/rfc6901 */
export type Pointer = `/${string}`

/** Whether a text is a pointer to something below the document. */
export const isPointer = (text: unknown): text is Pointer =>
  typeof text === 'string' && /^(?:\/(?:[^~/]|~[01])*)+$/.test(text)

/** The names on the way to what a pointer points to. */
export const namesOf = (pointer: Pointer): readonly string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The pointer to a member of what `parent` points to; `''` is the document. */
export const pointerTo = (parent: Pointer | '', name: string): Pointer =>
  `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` as Pointer

/** What a pointer points to in a document; undefined if there is nothing. */
export const valueAt = (document: JsonValue, pointer: Pointer): JsonValue | undefined =>
  namesOf(pointer).reduce<JsonValue | undefined>((value, name) => {
    if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined
    return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }, document)
