/**
 * Words in bytes, without regard to case, and without a text made of them: a hundred megabytes of texts that are looked at
 * once would stay in memory for long.
 */
export interface Probe {
  /** Where the words begin, at `from` or behind it, and end not behind `to`; -1: nowhere. */
  readonly find: (bytes: Uint8Array, from: number, to: number) => number
}

const upperToLower = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)
const lowerToUpper = (byte: number) => (byte >= 97 && byte <= 122 ? byte - 32 : byte)

/**
 * @param words - at least one character, ASCII, in lower case
 * @see https://en.wikipedia.org/wiki/Boyer%E2%80%93Moore%E2%80%93Horspool_algorithm
 */
export const createProbe = (words: string): Probe => {
  const wanted = Uint8Array.from(words, (letter) => letter.charCodeAt(0))
  const length = wanted.length
  /** How far to go on from a byte that stands where the last one should. */
  const skips = new Uint32Array(256).fill(length)
  for (let index = 0; index < length - 1; index += 1) {
    const byte = wanted[index] ?? 0
    skips[byte] = length - 1 - index
    skips[lowerToUpper(byte)] = length - 1 - index
  }
  const isAt = (bytes: Uint8Array, at: number) => {
    for (let index = length - 1; index >= 0; index -= 1) {
      if (upperToLower(bytes[at + index] ?? 0) !== wanted[index]) return false
    }
    return true
  }
  return {
    find: (bytes, from, to) => {
      for (let at = from; at + length <= to; at += skips[bytes[at + length - 1] ?? 0] ?? 1) {
        if (isAt(bytes, at)) return at
      }
      return -1
    },
  }
}
