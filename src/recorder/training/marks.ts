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

/** The newest that is not later than a moment. */
export const markAt = (marks: Marks, atMs: number): Mark | undefined =>
  marks.findLast((known) => known.atMs <= atMs)

/** The time trained until a step was done; between two marks, as if all steps between them took as long. */
export const trainedSecAt = (marks: Marks, step: number): number | undefined => {
  const index = marks.findLastIndex((known) => known.step <= step)
  const before = marks[index]
  const after = marks[index + 1]
  if (before === undefined || after === undefined) return before?.trainedSec
  const part = (step - before.step) / (after.step - before.step)
  return before.trainedSec + part * (after.trainedSec - before.trainedSec)
}
