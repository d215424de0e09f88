import { isJsonObject, type JsonValue } from '../../json.ts'
import { isSameVerdict } from './agreement.ts'
import { CaseFault, parseCase } from './case.ts'
import type { Line } from './lines.ts'
import { judgeSequence } from './sequence.ts'
import { spliceVerdict } from './splice.ts'
import { judgeTimeline } from './timeline.ts'
import { type Verdict, writeVerdict } from './verdict.ts'

/** A line with its verdict. */
export interface JudgedLine {
  readonly kind: 'judged'
  /** The line again, with its verdict; no newline at its end. */
  readonly text: string
  /** The case's `id`, or `line 3` for one that has none. */
  readonly id: string
  readonly outcome: Verdict['outcome']
  /** Whether the verdict that the line came with is the same; undefined: it came with none. */
  readonly agrees: boolean | undefined
}

/** A line that cannot be judged. */
export interface RefusedLine {
  readonly kind: 'refused'
  /** A JSON record that stands in its place: line, id if it has one, error. */
  readonly text: string
  readonly number: number
  readonly error: string
}

/** @param nowMs - when the documents are read, or the worker of a timeline began: milliseconds since 1970 */
export const judgeLine = (line: Line, nowMs: number): JudgedLine | RefusedLine => {
  if ('fault' in line) return refuseLine(line.number, line.fault)
  let value: JsonValue | undefined
  try {
    value = JSON.parse(line.text) as JsonValue
    return judgeValue(line, value, nowMs)
  } catch (error) {
    if (error instanceof SyntaxError) return refuseLine(line.number, `the line is no JSON: ${error.message}`)
    if (error instanceof CaseFault) return refuseLine(line.number, error.message, value)
    throw error
  }
}

const judgeValue = (
  { number, text }: { number: number; text: string },
  value: JsonValue,
  nowMs: number,
): JudgedLine => {
  const parsed = parseCase(value)
  const verdict = parsed.kind === 'sequence' ? judgeSequence(parsed, nowMs) : judgeTimeline(parsed, nowMs)
  const given = isJsonObject(value) ? value.verdict : undefined
  return {
    kind: 'judged',
    text: spliceVerdict(text, writeVerdict(verdict), { isThere: given !== undefined }),
    id: readId(value) ?? `line ${number}`,
    outcome: verdict.outcome,
    agrees: (given ?? null) === null ? undefined : isSameVerdict(given ?? null, verdict, parsed.mode),
  }
}

const refuseLine = (number: number, error: string, value?: JsonValue): RefusedLine => ({
  kind: 'refused',
  text: JSON.stringify({ line: number, id: readId(value), error }),
  number,
  error,
})

const readId = (value: JsonValue | undefined): string | undefined => {
  const id = isJsonObject(value) ? value.id : undefined
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}
