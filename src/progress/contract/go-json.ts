import type { JsonValue } from '../../json.ts'
import type { ProgressDocument } from './document.ts'
import { setMember } from './json-object.ts'
import { JsonFault, JsonReader } from './json-reader.ts'

/** What decoding gives: a document, or in words for people why there is none. */
export type DecodedDocument =
  | { readonly ok: true; readonly document: ProgressDocument }
  | { readonly ok: false; readonly reason: string }

/** Largest value of a Go `uint32`, the type of `percentComplete` in the worker. */
const MAX_UINT32 = 4_294_967_295

interface Draft extends Omit<Writable<ProgressDocument>, 'metadata'> {
  /** Absent until the text has some. */
  metadata?: Record<string, JsonValue> | undefined
}
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

const FIELDS = new Map<string, keyof ProgressDocument>([
  ['taskid', 'taskId'],
  ['name', 'name'],
  ['percentcomplete', 'percentComplete'],
  ['metadata', 'metadata'],
  ['lastupdatedat', 'lastUpdatedAt'],
])

/**
 * Decodes the text of a progress file as the platform's worker does, with Go's `encoding/json`.
 *
 * Keys match without regard to case. Of a repeated key the last counts, but `null` leaves what came before
 * (it empties `metadata`), and `metadata` objects merge at their first level. Unknown members need only be
 * well-formed. Any fault in syntax, type or range spoils the whole document.
 *
 * @param text - the file's bytes decoded as UTF-8 with the byte-order mark kept (`buffer.toString()` keeps
 *   it, `TextDecoder` drops it by default): the worker refuses one
 * @see Go's `encoding/json/decode.go` (version 1 semantics)
 */
export const decodeDocument = (text: string): DecodedDocument => {
  try {
    return { ok: true, document: readDocument(new JsonReader(text.toWellFormed())) }
  } catch (error) {
    if (error instanceof JsonFault) return { ok: false, reason: error.message }
    throw error
  }
}

const readDocument = (reader: JsonReader): ProgressDocument => {
  const draft: Draft = { taskId: '', percentComplete: 0, name: '', lastUpdatedAt: '' }
  // Go decodes `null` into a struct by leaving it alone.
  if (!reader.takeNull()) reader.readObject((key) => readMember({ reader, draft, key }))
  reader.expectEnd()
  return { ...draft, metadata: draft.metadata ?? {} }
}

const readMember = ({ reader, draft, key }: { reader: JsonReader; draft: Draft; key: string }): void => {
  const field = FIELDS.get(foldKey(key))
  if (field === undefined) {
    reader.skipValue()
  } else if (reader.takeNull()) {
    if (field === 'metadata') draft.metadata = undefined
  } else if (field === 'metadata') {
    draft.metadata = readMetadata(reader, draft.metadata)
  } else if (field === 'percentComplete') {
    draft.percentComplete = readUint32(reader, field)
  } else {
    if (!reader.sees('"')) reader.fail(`${field} must be a string`)
    draft[field] = reader.readString()
  }
}

// Unicode folding makes two characters beyond ASCII equal to letters of our keys: the Kelvin sign, which
// toLowerCase turns into k, and the long s, which it leaves alone.
const foldKey = (key: string): string => key.toLowerCase().replaceAll('\u017f', 's')

const readUint32 = (reader: JsonReader, field: string): number => {
  const literal = reader.seesNumber() ? reader.readNumber() : ''
  const isUint32 = /^\d{1,10}$/.test(literal) && Number(literal) <= MAX_UINT32
  return isUint32
    ? Number(literal)
    : reader.fail(`${field} must be an integer without sign, point or exponent`)
}

// Later members are added to the first object, not to a copy: a text may repeat `metadata` without end.
const readMetadata = (reader: JsonReader, earlier: Draft['metadata']): Draft['metadata'] => {
  if (!reader.sees('{')) reader.fail('metadata must be an object')
  const metadata = reader.readValue() as Record<string, JsonValue>
  if (earlier === undefined) return metadata
  for (const [key, value] of Object.entries(metadata)) setMember(earlier, key, value)
  return earlier
}
