import type { JsonObject, JsonValue } from '../../json.ts'

/** Sets an own member whatever its key: plain assignment to `__proto__` would change the prototype. */
export const setMember = (object: Record<string, JsonValue>, key: string, value: JsonValue): void => {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true })
  } else {
    object[key] = value
  }
}

/**
 * Copies an object, and all within it, with keys in the order in which Go's encoder writes them: by their
 * UTF-8 bytes. One exception stays: JavaScript keeps keys that look like array indices (`"10"`) in front,
 * by their number. So compare such copies by value, not by their text.
 */
export const sortMembers = (object: JsonObject): JsonObject => {
  const sorted: Record<string, JsonValue> = {}
  const unfinished: Copy[] = [{ from: object, into: sorted }]
  // A list of what is still to copy, not recursion: metadata may nest 9,999 levels deep.
  for (let copy = unfinished.pop(); copy !== undefined; copy = unfinished.pop()) {
    if ('items' in copy) {
      for (const item of copy.items) copy.into.push(startCopy(item, unfinished))
    } else {
      for (const key of sortKeys(Object.keys(copy.from))) {
        setMember(copy.into, key, startCopy(copy.from[key] ?? null, unfinished))
      }
    }
  }
  return sorted
}

type Copy =
  | { readonly items: readonly JsonValue[]; readonly into: JsonValue[] }
  | { readonly from: JsonObject; readonly into: Record<string, JsonValue> }

const isArray: (value: JsonValue) => value is readonly JsonValue[] = Array.isArray

const startCopy = (value: JsonValue, unfinished: Copy[]): JsonValue => {
  if (value === null || typeof value !== 'object') return value
  if (isArray(value)) {
    const into: JsonValue[] = []
    unfinished.push({ items: value, into })
    return into
  }
  const into: Record<string, JsonValue> = {}
  unfinished.push({ from: value, into })
  return into
}

const sortKeys = (keys: string[]): string[] => {
  keys.sort()
  // That is UTF-16 order, which differs from the order of UTF-8 bytes only where surrogates take part.
  if (!keys.some((key) => /[\ud800-\udfff]/.test(key))) return keys
  return keys
    .map((key) => ({ key, bytes: Buffer.from(key).toString('latin1') }))
    .sort((a, b) => (a.bytes < b.bytes ? -1 : 1))
    .map(({ key }) => key)
}
