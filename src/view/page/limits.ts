import { countdownInWords, durationInWords } from './words.ts'

interface Known {
  readonly staleAtMs: number | undefined
  readonly maxRunEndsAtMs: number | undefined
  readonly limits:
    | {
        readonly staleAfterMs: number
        readonly documentedStaleAfterMs: number
        readonly maxRunTimeMs?: number
      }
    | undefined
  /** Absent while the run lasts. */
  readonly endedMs: number | undefined
}

export interface LimitLine {
  readonly text: string
  /** Little of the time is left. */
  readonly isNear: boolean
}

/** What the platform will do and when, in sentences with what is left. */
export const limitsOf = (
  { staleAtMs, maxRunEndsAtMs, limits, endedMs }: Known,
  nowMs: number,
): readonly LimitLine[] => {
  if (endedMs !== undefined) return limits ? endedLimits(limits) : []
  return [
    ...(staleAtMs === undefined ? [] : [staleLine(staleAtMs, limits?.staleAfterMs, nowMs)]),
    ...(maxRunEndsAtMs === undefined ? [] : [runTimeLine(maxRunEndsAtMs, limits?.maxRunTimeMs, nowMs)]),
  ]
}

const staleLine = (staleAtMs: number, staleAfterMs = 300_000, nowMs: number): LimitLine => {
  const leftMs = staleAtMs - nowMs
  return {
    text:
      leftMs > 0
        ? `Taken for dead in ${countdownInWords(leftMs)} if nothing comes.`
        : `No sign of life for longer than the platform waits, by ${countdownInWords(-leftMs)}.`,
    isNear: leftMs < staleAfterMs / 3,
  }
}

const runTimeLine = (endsAtMs: number, maxRunTimeMs = 0, nowMs: number): LimitLine => {
  const leftMs = endsAtMs - nowMs
  return {
    text:
      leftMs > 0
        ? `Run time ends in ${countdownInWords(leftMs)}.`
        : `Run time ended ${countdownInWords(-leftMs)} ago.`,
    isNear: leftMs < maxRunTimeMs / 10,
  }
}

const endedLimits = ({
  staleAfterMs,
  documentedStaleAfterMs,
  maxRunTimeMs,
}: NonNullable<Known['limits']>) => [
  {
    text: `The platform takes a task for dead after ${durationInWords(staleAfterMs)} without a sign of life; its documentation says ${durationInWords(documentedStaleAfterMs)}.`,
    isNear: false,
  },
  ...(maxRunTimeMs === undefined
    ? []
    : [{ text: `The run time was limited to ${durationInWords(maxRunTimeMs)}.`, isNear: false }]),
]
