import type { JsonValue } from '../../json.ts'
import type { SentResult, WorkerView } from '../../progress/contract.ts'

/** A suffix `_` and a version 4 UUID, which the worker puts behind the names of uploaded results. */
const VERSION_SUFFIX_BYTES = 37

/** Tags, lengths, status and percentage in the message. The instance's id and type, unknown here, come on top. */
const FRAME_BYTES = 24

/**
 * No character of a document makes more bytes than this of the message: `<` becomes `\u003c`; a number grows
 * less, from `1e20` to 21 digits.
 */
export const MOST_BYTES_PER_CHARACTER = 6

/** Size, in bytes, of the message in which the worker sends a result. */
export const messageBytes = (result: SentResult, { taskId, strategy }: WorkerView): number =>
  FRAME_BYTES +
  Buffer.byteLength(taskId) +
  Buffer.byteLength(result.name) +
  (strategy === 'UPLOAD' ? VERSION_SUFFIX_BYTES : 0) +
  encodedBytes(result.metadata)

/**
 * Size, in bytes, of a value as Go's `encoding/json` writes it, without spaces.
 *
 * With a list of what is still to count, not recursion: metadata may nest 9,999 levels deep.
 */
const encodedBytes = (root: JsonValue): number => {
  let bytes = 0
  const uncounted: JsonValue[] = [root]
  for (let value = uncounted.pop(); value !== undefined; value = uncounted.pop()) {
    if (value === null || typeof value !== 'object') {
      bytes += scalarBytes(value)
    } else if (Array.isArray(value)) {
      bytes += Math.max(2, value.length + 1)
      for (const item of value) uncounted.push(item)
    } else {
      const members = Object.entries(value)
      bytes += Math.max(2, members.length * 2 + 1)
      for (const [key, member] of members) {
        bytes += scalarBytes(key)
        uncounted.push(member)
      }
    }
  }
  return bytes
}

// Go's encoder escapes these, each to 6 bytes, so that its JSON may stand in HTML and in JavaScript.
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g

const scalarBytes = (value: string | number | boolean | null): number => {
  const text = JSON.stringify(value)
  let bytes = Buffer.byteLength(text)
  if (typeof value === 'string') {
    for (const [character] of text.matchAll(ESCAPED_BY_GO)) bytes += 6 - Buffer.byteLength(character)
  }
  return bytes
}
