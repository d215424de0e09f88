/**
 * The judge: says of recorded progress documents what NVIDIA's own worker would say, in the form of the public
 * vectors.
 *
 * @module
 */
import { type JudgedLine, judgeLine, type RefusedLine } from './judge/judge-line.ts'
import { splitLines } from './judge/lines.ts'

export type { JudgedLine, RefusedLine } from './judge/judge-line.ts'
export { MAX_LINE_BYTES } from './judge/lines.ts'
export { judgeRecording, type Recording, type RecordingVerdict, readRecording } from './judge/recording.ts'
export { emptyTally, type JudgeTally, tallyLine, tellTally } from './judge/tally.ts'
export type { Verdict } from './judge/verdict.ts'

/**
 * Judges JSON lines as they come. A line that cannot be judged is answered too, and never ends the rest.
 *
 * @param input - bytes, or text that may break anywhere
 * @param now - the clock to which `{{now}}` and ages refer, in milliseconds since 1970
 */
export const judgeLines = async function* (
  input: AsyncIterable<Uint8Array | string>,
  { now = Date.now }: { now?: () => number } = {},
): AsyncGenerator<JudgedLine | RefusedLine> {
  for await (const line of splitLines(input)) yield judgeLine(line, now())
}
