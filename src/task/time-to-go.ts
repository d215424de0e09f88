import type { Clock } from '../clock.ts'

export interface TimeToGo {
  /** Takes how far the run is, from 0 to 100. What is no progress over what was told before is ignored. */
  readonly observe: (percent: number) => void
  /** Estimated seconds to 100, at least 0; undefined as long as there is nothing to estimate them by. */
  readonly seconds: () => number | undefined
}

/** The moment at which a percentage was first reached. */
interface Mark {
  readonly percent: number
  readonly atMs: number
}

/** What is kept of a run. */
interface Track {
  readonly first: Mark
  /** In order, the recent ones; at least one. */
  readonly marks: readonly Mark[]
}

/** A piece of the run between two marks. */
interface Stretch {
  readonly percent: number
  readonly ms: number
}

/** Beyond it, every second mark is forgotten. */
const mostMarks = 256
/** Marks are at least so far apart: what a program prints may arrive in bursts, with much progress in no time. */
const apartMs = 1000
/** What one long stretch, such as a pause or an evaluation, may add to the time of the rest. */
const pauseShare = 0.1

/**
 * The marks that count at the last of them: those of the later half of what was seen of the run, so that a slow first
 * step and an early pause are forgotten, and at least two.
 */
const recentOf = (marks: readonly Mark[], fromPercent: number): readonly Mark[] => {
  const last = marks.at(-1)
  if (!last) return []
  const half = (fromPercent + last.percent) / 2
  const from = marks.findIndex(({ percent }) => percent >= half)
  return marks.slice(Math.min(from, Math.max(0, marks.length - 2)))
}

const stretchesOf = (marks: readonly Mark[]): readonly Stretch[] =>
  marks.slice(1).map(({ percent, atMs }, index) => {
    const before = marks[index] ?? { percent, atMs }
    return { percent: percent - before.percent, ms: atMs - before.atMs }
  })

/** The milliseconds a percent took in the middle of the run: half of the percents took less. */
const medianOf = (stretches: readonly Stretch[]) => {
  const bySpeed = stretches.toSorted((a, b) => a.ms / a.percent - b.ms / b.percent)
  const half = stretches.reduce((sum, { percent }) => sum + percent, 0) / 2
  let sum = 0
  for (const { percent, ms } of bySpeed) {
    sum += percent
    if (sum >= half) return ms / percent
  }
  return 0
}

/** Milliseconds a percent takes, where no stretch counts for much more than it would at the usual speed. */
const paceOf = (stretches: readonly Stretch[]): number => {
  const median = medianOf(stretches)
  const totalMs = stretches.reduce((sum, { ms }) => sum + ms, 0)
  const percents = stretches.reduce((sum, { percent }) => sum + percent, 0)
  const ms = stretches.reduce(
    (sum, stretch) =>
      sum + Math.min(stretch.ms, median * stretch.percent + pauseShare * (totalMs - stretch.ms)),
    0,
  )
  return ms / percents
}

/** The track with one more observation, which is progress over the last. */
const observed = (track: Track | undefined, mark: Mark): Track => {
  const last = track?.marks.at(-1)
  if (!track || !last) return { first: mark, marks: [mark] }
  const isOfBurst = mark.atMs - last.atMs < apartMs
  const marks = isOfBurst
    ? [...track.marks.slice(0, -1), { ...last, percent: mark.percent }]
    : recentOf([...track.marks, mark], track.first.percent)
  if (marks.length <= mostMarks) return { ...track, marks }
  return { ...track, marks: marks.filter((_, index) => index % 2 === 0 || index === marks.length - 1) }
}

const estimateSeconds = ({ first, marks }: Track, nowMs: number): number | undefined => {
  const [earliest, second] = marks
  const last = marks.at(-1)
  if (last?.percent === 100) return 0
  if (!earliest || !second || !last) return undefined
  // the first step alone says little: it has compiled, or filled caches
  if (marks.length === 2 && earliest.atMs === first.atMs) return undefined
  const stretches = stretchesOf(marks)
  const leftMs = (100 - last.percent) * paceOf(stretches)
  const longestMs = Math.max(...stretches.map(({ ms }) => ms))
  const waitedMs = Math.min(nowMs - last.atMs, longestMs)
  return Math.max(0, leftMs - waitedMs) / 1000
}

/**
 * Estimates how long a run will still take, from when it reached which percentage.
 *
 * Begins anywhere: a resumed run at 60 % counts from there. Between two observations the estimate counts down, but not
 * by more than the longest of the recent waits, so that a run that has stopped does not seem to arrive.
 */
export const createTimeToGo = (clock: Pick<Clock, 'monotonicMs'>): TimeToGo => {
  let track: Track | undefined
  return {
    observe: (percent) => {
      const isProgress = percent > (track?.marks.at(-1)?.percent ?? -1)
      if (!isProgress || percent < 0 || percent > 100) return
      track = observed(track, { percent, atMs: clock.monotonicMs() })
    },
    seconds: () => track && estimateSeconds(track, clock.monotonicMs()),
  }
}
