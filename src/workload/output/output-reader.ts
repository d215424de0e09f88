import type { Clock } from '../../clock.ts'
import type { LogEvent } from '../../workload-events.ts'
import { createErrorScan, type ErrorScan } from './error-scan.ts'
import { createLineJoiner } from './join-lines.ts'
import { createLastErrors } from './last-errors.ts'
import { createLastLines } from './last-lines.ts'
import { createLineBuffer, decodeLine } from './line-buffer.ts'
import { eventOfBlock, eventOfLine } from './log-event.ts'
import { isSevere, type LogLimiter } from './log-limiter.ts'
import { isBlank, lastPiece } from './pieces.ts'
import { isDrawnOver, plainText } from './plain-text.ts'
import { readLabel } from './rank-prefix.ts'
import { createTextFeed } from './text-feed.ts'

export interface OutputReaderOptions {
  readonly stream: 'stdout' | 'stderr'
  readonly clock: Clock
  /** Gets a record a line, or a block of lines that belong together; undefined where nobody wants records. */
  readonly emitLog: ((event: LogEvent) => void) | undefined
  /**
   * Gets every text that a terminal would show on a line, without escape sequences and not redacted: also those
   * between two carriage returns, such as the states of a bar. Of more than 10,000 in a second, it gets the last
   * of each chunk.
   */
  readonly onText: ((text: string) => void) | undefined
  /** The same for both streams of a command. */
  readonly limiter: LogLimiter
  readonly redact: (text: string) => string
}

/** Reads one stream of a command: bytes come in, lines and records go out. */
export interface OutputReader {
  /** Takes the next bytes; the chunk is not kept. */
  readonly push: (chunk: Buffer) => void
  /** The stream has ended: gives out all that was held. */
  readonly end: () => void
  /** At most the 20 last lines that are not empty, redacted, of at most 512 bytes each, newest last. */
  readonly lastLines: () => readonly string[]
  /**
   * Of each of the last three errors that were printed in several lines, as tracebacks are, the lines that tell most,
   * redacted, of at most 512 bytes each, newest last. They stay when what a launcher prints at its end pushes them out
   * of the last lines. Empty without `emitLog`.
   */
  readonly lastErrors: () => readonly string[]
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** How many lines of a chunk that may be errors are read when there is only room for errors. */
const MAX_SUSPECTS = 24

const noBytes = Buffer.alloc(0)

/** Line feeds of a text from `from` to before `to`. */
const countLines = (text: string, from: number, to: number): number => {
  let count = 0
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

/**
 * Makes texts and log records of what a command prints. A record is made of what stands on a line at its end, which is
 * what a terminal would keep; lines are read only if somebody wants them, because most of a flood nobody does.
 *
 * Memory is bounded: 64 KiB of a line, 64 KiB of a block for each of at most 64 ranks, and the last lines.
 */
export const createOutputReader = (options: OutputReaderOptions): OutputReader => {
  const { stream, clock, emitLog, onText, limiter, redact } = options
  /** What came of the line since its last carriage return, and the last piece before that could be seen. */
  const current = createLineBuffer()
  const previous = createLineBuffer()
  let hasReturned = false
  const lastErrors = createLastErrors()
  const lastLines = createLastLines(redact)
  const feed = onText && createTextFeed(onText, clock)

  // of the chunk that is being read
  let nextReturn = -1
  /** A character a byte: to go from line to line in a string takes a fraction of the time that it takes in a buffer. */
  let letters: string | undefined
  let scan: ErrorScan | undefined
  let suspects = 0

  const emit = (event: LogEvent) => {
    if (limiter.take(event.severity)) emitLog?.(event)
  }
  const joiner = createLineJoiner({
    clock,
    onLine: (line) => {
      if (line.text.trim() !== '') emit(eventOfLine(stream, line))
    },
    onBlock: (block) => {
      if (isSevere(block.severity)) lastErrors.add(block.text)
      emit(eventOfBlock(stream, block))
    },
  })

  /** Takes a line as it stands at its end; undefined if it is blank. */
  const takeLine = (line: string | undefined) => {
    if (line !== undefined && isDrawnOver(line)) return
    const text = line === undefined ? '' : plainText(line).trimEnd()
    if (line !== undefined) lastLines.add(text)
    if (emitLog === undefined) return
    if (limiter.room() === 'none') {
      joiner.closeAll({ isLast: false })
      if (line !== undefined) limiter.skip(1)
      return
    }
    joiner.accept({ at: clock.now(), ...readLabel(redact(text), joiner.holds) })
  }

  /** Ends a piece of a line; gives its text if somebody wanted that, or `isNeeded`; undefined for a blank one. */
  const takePiece = (chunk: Buffer, from: number, to: number, isNeeded: boolean): string | undefined => {
    const isWhole = current.size() === 0
    if (!isWhole) current.add(chunk, from, to)
    const isEmpty = isWhole ? isBlank(chunk, from, to) : current.isBlank()
    const isTold = !isEmpty && feed?.hasRoom() === true
    const read = isWhole ? () => decodeLine(chunk, from, to) : current.text
    const line = !isEmpty && (isNeeded || isTold || (feed && !isWhole)) ? read() : undefined
    if (line !== undefined && isTold) feed?.tell(line)
    else if (!isEmpty) feed?.tellIfLast(() => line ?? read())
    if (!isEmpty && !isNeeded) {
      previous.clear()
      if (isWhole) previous.add(chunk, from, to)
      else current.moveTo(previous)
    }
    current.clear()
    return line
  }

  const returnBefore = (chunk: Buffer, from: number, to: number): number => {
    if (nextReturn < from) {
      const at = chunk.indexOf(CARRIAGE_RETURN, from)
      nextReturn = at < 0 ? Number.POSITIVE_INFINITY : at
    }
    return nextReturn < to ? nextReturn : -1
  }

  /** Takes the pieces that end before `to`; gives the place where the last one begins, which does not. */
  const takeReturns = (chunk: Buffer, from: number, to: number): number => {
    let start = from
    for (let at = returnBefore(chunk, start, to); at >= 0; at = returnBefore(chunk, start, to)) {
      takePiece(chunk, start, at, false)
      hasReturned = true
      start = at + 1
    }
    return start
  }

  /** Reads the line that ends at `to`. */
  const readLine = (chunk: Buffer, from: number, to: number) => {
    const start = takeReturns(chunk, from, to)
    const line = takePiece(chunk, start, to, true) ?? (previous.size() > 0 ? previous.text() : undefined)
    previous.clear()
    hasReturned = false
    takeLine(line)
  }

  const wantsEachLine = (): boolean => {
    if (feed?.hasRoom()) return true
    if (emitLog === undefined) return false
    const room = limiter.room()
    return room === 'any' || (room === 'severe' && joiner.collectsError())
  }

  /** Where the next line begins that may be an error and can be sent; `to` if there is none before. */
  const nextSuspect = (chunk: Buffer, from: number, to: number): number => {
    if (emitLog === undefined || limiter.room() !== 'severe' || suspects >= MAX_SUSPECTS) return to
    letters ??= chunk.toString('latin1')
    scan ??= createErrorScan(chunk, letters)
    const at = scan.next(from)
    if (at < 0 || at >= to) return to
    suspects += 1
    return at === from ? from : chunk.lastIndexOf(LINE_FEED, at - 1) + 1
  }

  /** Passes over lines from `from` to before `to` without reading them. */
  const passOver = (chunk: Buffer, from: number, to: number) => {
    if (from === to) return
    lastLines.addAll(chunk, from, to)
    if (emitLog) {
      joiner.closeAll({ isLast: false })
      letters ??= chunk.toString('latin1')
      limiter.skip(countLines(letters, from, to))
    }
    if (feed === undefined) return
    const lastLine = to < 2 ? from : Math.max(from, chunk.lastIndexOf(LINE_FEED, to - 2) + 1)
    const piece = lastPiece(chunk, lastLine, to - 1)
    if (piece) feed.tellIfLast(() => decodeLine(chunk, piece.from, piece.to))
  }

  return {
    push: (chunk) => {
      nextReturn = -1
      suspects = 0
      const to = chunk.lastIndexOf(LINE_FEED) + 1
      let at = 0
      while (at < to) {
        const isBegun = at === 0 && (current.size() > 0 || previous.size() > 0 || hasReturned)
        const start = isBegun || wantsEachLine() ? at : nextSuspect(chunk, at, to)
        passOver(chunk, at, start)
        if (start === to) break
        const end = chunk.indexOf(LINE_FEED, start)
        readLine(chunk, start, end)
        at = end + 1
      }
      const rest = takeReturns(chunk, to, chunk.length)
      current.add(chunk, rest, chunk.length)
      feed?.endOfChunk()
      letters = undefined
      scan = undefined
    },
    end: () => {
      if (current.size() > 0 || previous.size() > 0) readLine(noBytes, 0, 0)
      feed?.endOfChunk()
      joiner.closeAll({ isLast: true })
    },
    lastLines: () => {
      const unfinished = !hasReturned && !current.isBlank() ? plainText(current.text()) : undefined
      return lastLines.read(unfinished)
    },
    lastErrors: lastErrors.read,
  }
}
