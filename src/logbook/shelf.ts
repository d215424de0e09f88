import type { Clock } from '../clock.ts'
import type { LogbookDisk, OpenFile } from './disk.ts'
import type { Family } from './entry.ts'
import { joinLines } from './join-lines.ts'
import { choosePair, type Segment, segmentName } from './segments.ts'

/** What is being joined, until it takes the place of what it was made of. */
export const joiningName = 'curves-joining.tmp'

/** How much there may be. */
export interface Room {
  /** All files of the family together have no more, not even for a moment. */
  readonly mostBytes: number
  /** Of one file, and of a line. */
  readonly segmentBytes: number
}

export interface ShelfOptions extends Room {
  readonly family: Family
  readonly disk: LogbookDisk
  /** In order. */
  readonly found: readonly Segment[]
  /** The number of the first new file. */
  readonly next: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly pause: () => Promise<void>
}

/** A line, and how long it is in UTF-8 with its line break. */
export interface Line {
  readonly text: string
  readonly bytes: number
}

/** The files of one family. */
export interface Shelf {
  readonly bytes: () => number
  /** Appends lines; resolves to how many there was no room for. Rejects with what the disk says. */
  readonly append: (lines: readonly Line[]) => Promise<number>
  /** Makes room for what comes next, where that takes time. */
  readonly tidy: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Lines in pieces of at most so many bytes, where the first one has only so much as is left of a file that is begun; a
 * line that does not fit is a piece of its own.
 */
const piecesOf = (lines: readonly Line[], leftBytes: number, mostBytes: number): readonly Line[] => {
  const pieces = [{ text: '', bytes: 0 }]
  let limit = leftBytes
  for (const { text, bytes } of lines) {
    const last = pieces.at(-1)
    if (last && last.bytes + bytes <= limit) {
      last.text += text
      last.bytes += bytes
    } else {
      pieces.push({ text, bytes })
      limit = mostBytes
    }
  }
  return pieces.filter(({ bytes }) => bytes > 0)
}

export const createShelf = (options: ShelfOptions): Shelf => {
  const { family, disk, mostBytes, segmentBytes, clock, pause } = options
  let closed: readonly Segment[] = options.found
  let { next } = options
  let open: { readonly file: OpenFile; readonly number: number; bytes: number } | undefined

  const bytes = () => closed.reduce((sum, segment) => sum + segment.bytes, open?.bytes ?? 0)

  const endOpen = async () => {
    if (!open) return
    const { file, number, bytes: size } = open
    open = undefined
    closed = [...closed, { number, bytes: size }]
    await file.close()
  }

  const remove = async (index: number) => {
    const segment = closed[index]
    if (!segment) return false
    await disk.remove(segmentName(family, segment.number))
    closed = closed.filter((one) => one !== segment)
    return true
  }

  /** Two neighbours become one, under the first one's number, of half of what they were. */
  const join = async (): Promise<boolean> => {
    const index = choosePair(closed, open?.number ?? next)
    const [first, second] = index === undefined ? [] : closed.slice(index, index + 2)
    if (!first || !second) return false
    const [firstName, secondName] = [segmentName(family, first.number), segmentName(family, second.number)]
    const lines: string[] = []
    for (const name of [firstName, secondName])
      for (const line of (await disk.read(name)).split('\n')) if (line !== '') lines.push(line)
    const largest = Math.floor(Math.min(segmentBytes, (first.bytes + second.bytes) / 2))
    const text = await joinLines(lines, { mostBytes: largest, clock, pause })
    if (text === undefined) return false
    await disk.write(joiningName, text)
    // a crash between these two leaves points twice, and none is lost
    await disk.rename(joiningName, firstName)
    await disk.remove(secondName)
    closed = closed
      .filter((segment) => segment !== second)
      .map((segment) => (segment === first ? { ...first, bytes: text.length } : segment))
    return true
  }

  const shrink = async (): Promise<boolean> => {
    if (family === 'facts') return false
    if (family === 'curves') return (await join()) || remove(0)
    // the beginning of a run is worth more than its middle
    return remove(closed.length > 1 ? 1 : 0)
  }

  // what is joined is there twice for a moment
  const reserve = family === 'curves' ? segmentBytes : 0
  const makeRoom = async (needed: number): Promise<boolean> => {
    while (bytes() + needed + reserve > mostBytes) if (!(await shrink())) return false
    return true
  }

  const put = async ({ text, bytes: size }: Line): Promise<boolean> => {
    if (open && open.bytes + size > segmentBytes) await endOpen()
    if (!(await makeRoom(size))) return false
    if (!open) {
      const number = next
      next += 1
      open = { file: await disk.create(segmentName(family, number)), number, bytes: 0 }
    }
    // counted first: what fails in the middle is on the disk too
    open.bytes += size
    await open.file.append(text)
    return true
  }

  return {
    bytes,
    append: async (lines) => {
      let left = 0
      for (const piece of piecesOf(lines, segmentBytes - (open?.bytes ?? 0), segmentBytes)) {
        if (!(await put(piece))) left += piece.text.split('\n').length - 1
      }
      return left
    },
    tidy: async () => {
      await makeRoom(segmentBytes)
    },
    close: endOpen,
  }
}
