/**
 * Numbers in a row that grows at its end: eight bytes a number at most, where an array of objects would take a hundred,
 * and no number is ever copied to make room, but in the first chunk.
 */
export interface Column {
  readonly length: () => number
  readonly push: (value: number) => void
  /** NaN beyond the end. */
  readonly get: (index: number) => number
  readonly set: (index: number, value: number) => void
  /** Copies the numbers from an index on, as many as there is room for: reading them there costs a tenth. */
  readonly copyTo: (target: Float64Array, from: number) => void
  /** Forgets all from this length on. */
  readonly truncate: (length: number) => void
}

type Numbers = Float64Array | Uint32Array | Int32Array | Uint8Array

const chunkBits = 13
const chunkLength = 2 ** chunkBits
const mask = chunkLength - 1
const firstLength = 16

const columnOf = (create: (length: number) => Numbers): Column => {
  const chunks: Numbers[] = []
  let length = 0

  /** The chunk that takes the number at `length`. */
  const makeRoom = (): Numbers => {
    const place = length >> chunkBits
    const chunk = chunks[place]
    if (chunk === undefined) {
      const made = create(place === 0 ? firstLength : chunkLength)
      chunks[place] = made
      return made
    }
    const larger = create(chunk.length * 2)
    larger.set(chunk)
    chunks[place] = larger
    return larger
  }

  return {
    length: () => length,
    push: (value) => {
      const chunk = chunks[length >> chunkBits]
      const isRoom = chunk !== undefined && (length & mask) < chunk.length
      const target = isRoom ? chunk : makeRoom()
      target[length & mask] = value
      length += 1
    },
    get: (index) =>
      index < length ? (chunks[index >> chunkBits]?.[index & mask] ?? Number.NaN) : Number.NaN,
    set: (index, value) => {
      const chunk = chunks[index >> chunkBits]
      if (chunk !== undefined) chunk[index & mask] = value
    },
    copyTo: (target, from) => {
      const end = Math.min(length, from + target.length)
      for (let at = from; at < end; ) {
        const next = Math.min(end, (Math.floor(at / chunkLength) + 1) * chunkLength)
        const chunk = chunks[at >> chunkBits]
        if (chunk) target.set(chunk.subarray(at & mask, (at & mask) + next - at), at - from)
        at = next
      }
    },
    truncate: (kept) => {
      length = Math.min(length, kept)
      chunks.length = Math.ceil(length / chunkLength)
    },
  }
}

export const float64Column = (): Column => columnOf((length) => new Float64Array(length))
export const uint32Column = (): Column => columnOf((length) => new Uint32Array(length))
export const int32Column = (): Column => columnOf((length) => new Int32Array(length))
export const uint8Column = (): Column => columnOf((length) => new Uint8Array(length))
