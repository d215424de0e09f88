import type { JsonValue } from '../../json.ts'
import type { ProgressDocument } from './document.ts'
import { setMember } from './json-object.ts'
import { JsonFault, JsonReader } from './json-reader.ts'

/**
 * What decoding gives: a document, or in words for people why there is none. `left` is what Go leaves in the
 * worker's variable in spite of a fault, for the next attempt to read the file; absent if that is nothing.
 */
export type DecodedDocument =
  | { readonly ok: true; readonly document: ProgressDocument }
  | { readonly ok: false; readonly reason: string; readonly left?: ProgressDocument }

interface Draft extends Omit<Writable<ProgressDocument>, 'metadata'> {
  /** Absent until the text has some. */
  metadata?: Record<string, JsonValue> | undefined
  /** The first member of a wrong type, in words. Go reads on behind it, and refuses the document in the end. */
  mismatch?: string
}
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** By their keys as they are mostly written, and folded. */
const FIELDS = new Map<string, keyof ProgressDocument>([
  ['taskId', 'taskId'],
  ['percentComplete', 'percentComplete'],
  ['lastUpdatedAt', 'lastUpdatedAt'],
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
 * @param left - what an attempt before has left, which this text is read over: of a document with a member of a
 *   wrong type all the others are kept, of one with a fault in its syntax nothing
 * @see Go's `encoding/json/decode.go` (version 1 semantics); worker-task `progress.go`, `ParseProgressFile`
 */
export const decodeDocument = (text: string, left?: ProgressDocument): DecodedDocument => {
  try {
    const { mismatch, ...draft } = readDocument(new JsonReader(text.toWellFormed()), left)
    const document = { ...draft, metadata: draft.metadata ?? {} }
    return mismatch === undefined ? { ok: true, document } : { ok: false, reason: mismatch, left: document }
  } catch (error) {
    if (error instanceof JsonFault) return { ok: false, reason: error.message, ...(left && { left }) }
    throw error
  }
}

const readDocument = (reader: JsonReader, left: ProgressDocument | undefined): Draft => {
  const draft: Draft = left
    ? { ...left, metadata: { ...left.metadata } }
    : { taskId: '', percentComplete: 0, name: '', lastUpdatedAt: '' }
  // Go decodes `null` into a struct by leaving it alone.
  if (!reader.takeNull()) reader.readObject((key) => readMember({ reader, draft, key }))
  reader.expectEnd()
  return draft
}

const readMember = ({ reader, draft, key }: { reader: JsonReader; draft: Draft; key: string }): void => {
  const field = FIELDS.get(key) ?? FIELDS.get(foldKey(key))
  const refuse = (what: string): void => {
    draft.mismatch ??= reader.tell(`${field} must be ${what}`)
    reader.skipValue()
  }
  if (field === undefined) {
    reader.skipValue()
  } else if (reader.takeNull()) {
    if (field === 'metadata') draft.metadata = undefined
  } else if (field === 'metadata') {
    if (reader.sees('{')) draft.metadata = readMetadata(reader, draft.metadata)
    else refuse('an object')
  } else if (field === 'percentComplete') {
    const percent = reader.takeUint32()
    if (percent === undefined) refuse('an integer without sign, point or exponent')
    else draft.percentComplete = percent
  } else if (reader.sees('"')) {
    draft[field] = reader.readString()
  } else {
    refuse('a string')
  }
}

// Unicode folding makes two characters beyond ASCII equal to letters of our keys: the Kelvin sign, which
// toLowerCase turns into k, and the long s, which it leaves alone.
const foldKey = (key: string): string => key.toLowerCase().replaceAll('\u017f', 's')

// Later members are added to the first object, not to a copy: a text may repeat `metadata` without end.
const readMetadata = (reader: JsonReader, earlier: Draft['metadata']): Draft['metadata'] => {
  const metadata = reader.readValue() as Record<string, JsonValue>
  if (earlier === undefined) return metadata
  for (const [key, value] of Object.entries(metadata)) setMember(earlier, key, value)
  return earlier
}
