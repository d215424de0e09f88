import { isSevere } from './log-limiter.ts'
import { readLabel } from './rank-prefix.ts'
import { severityOf } from './severity.ts'

/** How many lines a verdict quotes where no exception says more. */
const MAX_QUOTED = 5
const MAX_LAST = 3

/** The last line of a traceback, or the first of a stack; at the beginning of the line, or behind the bars of a group. */
const exception =
  /^(?:[\s|]*\| )?(?:Exception in thread "[^"]{0,200}" |Uncaught )?[\w.$]{0,300}(?:Error|Exception|Exit|Interrupt|Failure|Timeout|Iteration|(?= \[\w{0,80}Error\]))(?: \[\w{1,80}\])?(?::(?: |$)|$)/
const panic = /^(?:panic: |fatal error: |Fatal Python error: |thread '.{0,200}' (?:\(\d+\) )?panicked at )/

/** What torchrun says when a process of it failed: that it did, not why. */
const ofLauncher = /^[\w.]*ChildFailedError/m

/** Whether it is a launcher's traceback, which says that a process of it failed, but not why. */
export const isOfLauncher = (traceback: string): boolean => ofLauncher.test(traceback)

const pythonFrame = /^[\s|>]*File "[^"]{1,500}", line \d+/
const otherFrame = /^(?:\s+at \S|\t\S+:\d+|\s+File ")/

const rustPanic = /^thread '.{0,200}' (?:\(\d+\) )?panicked at .*:$/

/** Of torchrun's report: what failed, where it failed first, and how. */
const reported = /^(?:\S+ FAILED$|Root Cause|\s+(?:rank|exitcode) *:|\s+traceback *: (?!To enable))/

const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, step) => from + step)

/** Where the line stands that says where the exception in line `index` came from; -1 if it is not among these. */
const frameOf = (texts: readonly string[], index: number): number => {
  const frame = texts.findLastIndex((text, at) => at < index && pythonFrame.test(text))
  // nothing but the frame's own source stands between a frame of Python and its exception
  const isOfIt = frame >= 0 && texts.slice(frame + 1, index).every((text) => /^(?:[\s|]|$)/.test(text))
  return isOfIt
    ? frame
    : texts.findIndex((text, at) => at > index && at <= index + MAX_QUOTED && otherFrame.test(text))
}

/** Which lines tell of the exception in line `index`. */
const linesOfException = (texts: readonly string[], index: number): readonly number[] => {
  const text = texts[index] ?? ''
  if (rustPanic.test(text)) return span(index, Math.min(index + 1, texts.length - 1))
  if (ofLauncher.test(text)) {
    const root = Math.max(
      0,
      texts.findLastIndex((line) => line.startsWith('Root Cause')),
    )
    return texts.flatMap((line, at) =>
      at > index && reported.test(line) && (at > root || /FAILED$/.test(line)) ? at : [],
    )
  }
  return [frameOf(texts, index), index].filter((at) => at >= 0).toSorted((a, b) => a - b)
}

/**
 * Of the last lines of a command those that tell most of its end, in their order: the last exception with the frame it
 * came from; else the last lines that say ERROR or FATAL; else the last lines. At most five.
 */
export const errorLines = (lines: readonly string[]): readonly string[] => {
  const texts = lines.map((line) => readLabel(line, () => true).text)
  const isException = (text: string) => exception.test(text) || panic.test(text)
  const own = texts.findLastIndex((text) => isException(text) && !ofLauncher.test(text))
  const index = own >= 0 ? own : texts.findLastIndex(isException)
  const telling = index >= 0 ? linesOfException(texts, index) : []
  if (telling.length > 0) return telling.slice(0, MAX_QUOTED).flatMap((at) => lines[at] ?? [])
  const severe = lines.filter((_, at) => isSevere(severityOf(texts[at] ?? '') ?? 'INFO'))
  return severe.length > 0 ? severe.slice(-MAX_QUOTED) : lines.slice(-MAX_LAST)
}
