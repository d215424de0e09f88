/**
 * Keys of a fixed number of 32-bit words, numbered in the order in which they first came.
 *
 * Open addressing: a slot holds the number of a key, plus one, and the words themselves lie in columns. An entry costs
 * its words and 6 to 12 bytes; a Set of strings costs a hundred.
 */
import { makeColumn } from './columns.ts'

export interface KeyTable {
  readonly size: () => number
  /** The number of the key: the size before, when it is new. The key is read at once and not kept. */
  readonly intern: (key: ArrayLike<number>) => number
  /** A word of a key, unsigned. */
  readonly word: (index: number, position: number) => number
}

const mix = (hash: number, word: number) => {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

/** Slots are doubled when more than this share of them is taken. */
const maxLoad = 0.65

export const makeKeyTable = (wordsPerKey: number): KeyTable => {
  const words = Array.from({ length: wordsPerKey }, () => makeColumn(Uint32Array))
  let slots = new Uint32Array(64)
  let size = 0

  const hashOf = (wordAt: (position: number) => number) => {
    let hash = wordsPerKey
    for (let position = 0; position < wordsPerKey; position += 1) hash = mix(hash, wordAt(position))
    return hash >>> 0
  }
  const wordOf = (index: number, position: number) => words[position]?.get(index) ?? 0

  const holds = (index: number, key: ArrayLike<number>) => {
    for (let position = 0; position < wordsPerKey; position += 1) {
      if (wordOf(index, position) !== (key[position] ?? 0) >>> 0) return false
    }
    return true
  }

  /** The slot in which the key is, or the empty one in which it belongs. */
  const slotOf = (hash: number, isIt: (index: number) => boolean) => {
    let slot = hash & (slots.length - 1)
    for (;;) {
      const entry = slots[slot] ?? 0
      if (entry === 0 || isIt(entry - 1)) return slot
      slot = (slot + 1) & (slots.length - 1)
    }
  }

  const grow = () => {
    slots = new Uint32Array(slots.length * 2)
    for (let index = 0; index < size; index += 1) {
      slots[
        slotOf(
          hashOf((position) => wordOf(index, position)),
          () => false,
        )
      ] = index + 1
    }
  }

  return {
    size: () => size,
    word: wordOf,
    intern: (key) => {
      const slot = slotOf(
        hashOf((position) => (key[position] ?? 0) >>> 0),
        (index) => holds(index, key),
      )
      const entry = slots[slot] ?? 0
      if (entry > 0) return entry - 1
      const index = size
      for (const [position, column] of words.entries()) column.set(index, (key[position] ?? 0) >>> 0)
      slots[slot] = index + 1
      size += 1
      if (size > slots.length * maxLoad) grow()
      return index
    },
  }
}
