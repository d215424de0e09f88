/** How far a training was at a moment. */
export interface Mark {
  readonly atMs: number
  readonly step: number
  readonly trainedSec: number
}

/** Oldest first, about a second apart, at most {@link mostMarks}: two minutes. */
export type Marks = readonly Mark[]

export const noMarks: Marks = []

/** A checkpoint is announced when it was quiet for some time: what it holds was trained before. */
const mostMarks = 128
const apartMs = 1_000

/** Adds one; the newest is always there. */
export const mark = (marks: Marks, next: Mark): Marks => {
  const previous = marks.at(-2)
  const isNear = previous !== undefined && next.atMs - previous.atMs < apartMs
  return [...(isNear ? marks.slice(0, -1) : marks.slice(1 - mostMarks)), next]
}

/** The newest that is not later than a step, or, if that is not known, than a moment. */
export const markAt = (
  marks: Marks,
  { step, atMs }: { readonly step: number | undefined; readonly atMs: number },
): Mark | undefined =>
  marks.findLast((known) => (step === undefined ? known.atMs <= atMs : known.step <= step))
