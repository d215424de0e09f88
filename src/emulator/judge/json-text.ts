import type { JsonValue } from '../../json.ts'

/**
 * Writes a value as JSON without spaces, with the keys of objects in the order of Go's encoder.
 *
 * With a list of what is still to write, not recursion: the worker accepts metadata that nests 9,999 levels deep,
 * and `JSON.stringify` overflows the stack at half of that. It also keeps `-0`, which is a float64 to the worker.
 */
export const writeJson = (root: JsonValue): string => {
  // strings are JSON text, values still to be written
  const unwritten: Unwritten[] = [{ value: root }]
  let text = ''
  for (let next = unwritten.pop(); next !== undefined; next = unwritten.pop()) {
    if (typeof next === 'string') {
      text += next
      continue
    }
    const { value } = next
    if (value === null || typeof value !== 'object') text += writeScalar(value)
    else if (isArray(value)) text += openArray(value, unwritten)
    else text += openObject(value, unwritten)
  }
  return text
}

type Unwritten = string | { readonly value: JsonValue }

const isArray: (value: JsonValue) => value is readonly JsonValue[] = Array.isArray

const writeScalar = (value: string | number | boolean | null): string =>
  Object.is(value, -0) ? '-0' : JSON.stringify(value)

const openArray = (items: readonly JsonValue[], unwritten: Unwritten[]): string => {
  if (items.length === 0) return '[]'
  unwritten.push(']')
  for (let index = items.length - 1; index >= 0; index--) {
    unwritten.push({ value: items[index] ?? null })
    if (index > 0) unwritten.push(',')
  }
  return '['
}

const openObject = (object: { readonly [key: string]: JsonValue }, unwritten: Unwritten[]): string => {
  const keys = orderKeys(Object.keys(object))
  if (keys.length === 0) return '{}'
  unwritten.push('}')
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] ?? ''
    unwritten.push({ value: object[key] ?? null }, `${index > 0 ? ',' : ''}${JSON.stringify(key)}:`)
  }
  return '{'
}

// the members come sorted already, save that JavaScript moves keys such as "10" to the front
const orderKeys = (keys: readonly string[]): readonly string[] =>
  keys.length > 1 && /^\d+$/.test(keys[0] ?? '')
    ? keys
        .map((key) => ({ key, bytes: Buffer.from(key).toString('latin1') }))
        .sort((a, b) => (a.bytes < b.bytes ? -1 : 1))
        .map(({ key }) => key)
    : keys
