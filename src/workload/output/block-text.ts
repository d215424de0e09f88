/** What is kept of the beginning and of the end of a block, in bytes each: 64 KiB together. */
const HALF_BYTES = 32 * 1024 - 100

/** Lines that grow to a text of at most 64 KiB: of one that is longer, the middle is left out. */
export interface BlockText {
  readonly add: (line: string) => void
  readonly text: () => string
}

export const createBlockText = (): BlockText => {
  const first: string[] = []
  let firstBytes = 0
  let last: string[] = []
  let lastBytes = 0
  /** Where `last` begins: lines are only taken off its array now and then, because that moves all others. */
  let start = 0
  let leftOut = 0
  const bytesOf = (line: string) => Buffer.byteLength(line) + 1

  const drop = () => {
    lastBytes -= bytesOf(last[start] ?? '')
    start += 1
    leftOut += 1
    if (start < 1024) return
    last = last.slice(start)
    start = 0
  }
  return {
    add: (line) => {
      const bytes = bytesOf(line)
      if (last.length === 0 && firstBytes + bytes <= HALF_BYTES) {
        first.push(line)
        firstBytes += bytes
        return
      }
      last.push(line)
      lastBytes += bytes
      while (lastBytes > HALF_BYTES && start < last.length - 1) drop()
    },
    text: () => {
      const mark = leftOut > 0 ? [`… (${leftOut} lines left out)`] : []
      return [...first, ...mark, ...last.slice(start)].join('\n')
    },
  }
}
