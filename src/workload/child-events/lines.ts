import { isUtf8 } from 'node:buffer'

/** Longest line that is read, in bytes. */
export const longestLineBytes = 1024 * 1024
/** Most bytes that are taken at once: some milliseconds of work. */
export const sliceBytes = 256 * 1024

export type BytesRefusal = 'too-long' | 'not-utf8' | 'has-nul'

export interface LineReader {
  readonly line: (text: string) => void
  readonly refuse: (reason: BytesRefusal) => void
}

/** Cuts bytes into lines, in 1.25 MiB of memory. */
export interface LineCutter {
  /** Where the next bytes belong; at most `sliceBytes` of them. */
  readonly room: () => Buffer
  /** So many bytes have been put there. */
  readonly take: (count: number) => void
  /** Whether there are bytes that are part of no line yet. */
  readonly hasRest: () => boolean
  /** The text of what has no end yet, if it is any. */
  readonly rest: () => string | undefined
  /** Begins anew, without what has no end yet. */
  readonly forgetRest: () => void
}

const newline = 0x0a

const refusalOf = (bytes: Buffer): BytesRefusal | undefined => {
  if (bytes.length > longestLineBytes) return 'too-long'
  if (bytes.includes(0)) return 'has-nul'
  return isUtf8(bytes) ? undefined : 'not-utf8'
}

export const createLineCutter = ({ line, refuse }: LineReader): LineCutter => {
  const buffer = Buffer.allocUnsafeSlow(longestLineBytes + sliceBytes)
  let held = 0
  // of a line that is too long, nothing is kept
  let isSkipping = false

  const cutOneByOne = (bytes: Buffer) => {
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const part = bytes.subarray(start, end)
      const refusal = refusalOf(part)
      if (refusal === undefined) line(part.toString())
      else refuse(refusal)
      start = end + 1
    }
  }

  /** Cuts whole lines; the text of all of them at once is several times faster than each for itself. */
  const cut = (bytes: Buffer) => {
    // only the first can be too long: any other came with one slice
    const isClean = bytes.indexOf(newline) <= longestLineBytes && !bytes.includes(0) && isUtf8(bytes)
    if (!isClean) return cutOneByOne(bytes)
    const text = bytes.toString()
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      line(text.slice(start, end))
      start = end + 1
    }
  }

  const keep = (start: number, end: number) => {
    buffer.copyWithin(0, start, end)
    held = end - start
    if (held <= longestLineBytes) return
    refuse('too-long')
    held = 0
    isSkipping = true
  }

  return {
    room: () => buffer.subarray(held, held + sliceBytes),
    take: (count) => {
      const end = held + count
      let start = 0
      if (isSkipping) {
        const first = buffer.subarray(0, end).indexOf(newline)
        if (first < 0) return
        start = first + 1
        isSkipping = false
      }
      const last = buffer.subarray(start, end).lastIndexOf(newline)
      const next = start + last + 1
      try {
        if (last >= 0) cut(buffer.subarray(start, next))
      } finally {
        keep(next, end)
      }
    },
    hasRest: () => held > 0,
    rest: () => {
      const bytes = buffer.subarray(0, held)
      return held === 0 || refusalOf(bytes) !== undefined ? undefined : bytes.toString()
    },
    forgetRest: () => {
      held = 0
      isSkipping = false
    },
  }
}
