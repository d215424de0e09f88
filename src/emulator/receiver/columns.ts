/** A list of numbers of one small type, which grows without ever being copied: a ledger may hold millions. */
export interface Column {
  /** 0 where nothing was set. */
  readonly get: (index: number) => number
  readonly set: (index: number, value: number) => void
}

type Numbers = Uint8Array | Uint16Array | Uint32Array

const chunkLength = 2 ** 14

/** A column of such numbers. */
export const makeColumn = (Type: new (length: number) => Numbers): Column => {
  const chunks: Numbers[] = []
  return {
    get: (index) => chunks[Math.floor(index / chunkLength)]?.[index % chunkLength] ?? 0,
    set: (index, value) => {
      const place = Math.floor(index / chunkLength)
      while (chunks.length <= place) chunks.push(new Type(chunkLength))
      const chunk = chunks[place]
      if (chunk) chunk[index % chunkLength] = value
    },
  }
}
