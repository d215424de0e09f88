import { isJsonObject, type JsonValue } from '../../json.ts'

/** Whether two values say the same, whatever the order of members. With a list, not recursion: both may be deep. */
export const isSameJson = (first: JsonValue, second: JsonValue): boolean => {
  const pairs: (readonly [JsonValue | undefined, JsonValue | undefined])[] = [[first, second]]
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b] = pair
    if (a === b) continue
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return false
      for (const [index, item] of a.entries()) pairs.push([item, b[index]])
    } else if (isJsonObject(a) && isJsonObject(b)) {
      const keys = Object.keys(a)
      if (keys.length !== Object.keys(b).length) return false
      for (const key of keys) {
        if (!Object.hasOwn(b, key)) return false
        pairs.push([a[key], b[key]])
      }
    } else {
      return false
    }
  }
  return true
}
