import type { TrainingState } from '../workload-events.ts'
import type { CheckpointNote } from './attempt-file.ts'
import { clipBytes, verdictBytes } from './outcome.ts'

export interface VerdictFacts {
  /** What happened, in one sentence that needs nothing else to be understood. */
  readonly sentence: string
  /** What the command said last of its troubles, in order; the last line is the most telling one. */
  readonly errorLines: readonly string[]
  readonly training: Pick<TrainingState, 'step' | 'totalSteps'>
  /** The last one that was announced. */
  readonly checkpoint: CheckpointNote | undefined
  /** Telemetry that was neither delivered nor kept, by its name for people, such as `spans`. */
  readonly lost: readonly { readonly items: string; readonly count: number }[]
}

/** What the caller puts before the first line. */
const prefix = 'taskbeat: '

/** Longest line of the command that is quoted, in bytes: one line must not push out all others. */
const longestQuoteBytes = 300

/** Bytes of a line as it is printed. */
const sizeOf = (line: string) => Buffer.byteLength(line) + 1

const sizeOfAll = (lines: readonly string[]) => lines.reduce((sum, line) => sum + sizeOf(line), 0)

/** One line without what a terminal would obey, or break it at. */
const onOneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

/** Indented, or nothing if it says nothing. */
const quote = (line: string) => {
  const text = clipBytes(onOneLine(line), longestQuoteBytes)
  return text === '' ? [] : [`  ${text}`]
}

const trainingLine = ({ training: { step, totalSteps }, checkpoint }: VerdictFacts) => {
  const facts = [
    step !== undefined && `last step ${step}${totalSteps === undefined ? '' : ` of ${totalSteps}`}`,
    checkpoint &&
      `last checkpoint ${checkpoint.name}${checkpoint.step === undefined ? '' : ` (step ${checkpoint.step})`}`,
  ]
  return facts.filter((fact) => typeof fact === 'string').join(', ')
}

const lostLine = ({ lost }: VerdictFacts) => {
  const counts = lost.filter(({ count }) => count > 0).map(({ items, count }) => `${count} ${items}`)
  return counts.length === 0 ? '' : `telemetry lost: ${counts.join(', ')}`
}

/** The first and the last `count` of the lines, more of the last ones, and how many are missing between them. */
const withoutMiddle = (lines: readonly string[], count: number): readonly string[] => {
  const head = Math.floor(count / 3)
  return [
    ...lines.slice(0, head),
    `  … ${lines.length - count} more …`,
    ...lines.slice(lines.length - count + head),
  ]
}

/** As many of the lines as fit, shortened in the middle. */
const shorten = (lines: readonly string[], limit: number): readonly string[] => {
  if (sizeOfAll(lines) <= limit) return lines
  // an indented line has four bytes at least
  for (let count = Math.min(lines.length - 1, Math.floor(limit / 4)); count >= 1; count -= 1) {
    const kept = withoutMiddle(lines, count)
    if (sizeOfAll(kept) <= limit) return kept
  }
  const last = clipBytes(lines.at(-1) ?? '', limit - 1)
  // a few letters tell nothing
  return last.length > 20 ? [last] : []
}

/** The lines, in order, that fit one after the other. */
const fitting = (lines: readonly string[], limit: number): readonly string[] => {
  const kept: string[] = []
  for (const line of lines) if (sizeOfAll(kept) + sizeOf(line) <= limit) kept.push(line)
  return kept
}

/**
 * The last words of a task: the sentence, what the command said of its troubles, how far the training was, what
 * telemetry was lost. The platform keeps the last 1,024 bytes of a failed task's log: with the prefix `taskbeat: `
 * before the first line, which the caller puts there, and a newline after each, it is no more than that.
 *
 * What does not fit is left out in this order: lines of the command from the middle, then all of them, then facts
 * from the last on; at the very last the sentence is cut.
 *
 * @returns the lines; all but the first are indented
 */
export const verdictText = (facts: VerdictFacts): readonly [string, ...string[]] => {
  const limit = verdictBytes - prefix.length
  const sentence = clipBytes(onOneLine(facts.sentence), limit - 1)
  const left = limit - sizeOf(sentence)
  const known = fitting([trainingLine(facts), lostLine(facts)].flatMap(quote), left)
  const said = shorten(facts.errorLines.flatMap(quote), left - sizeOfAll(known))
  return [sentence, ...said, ...known]
}
