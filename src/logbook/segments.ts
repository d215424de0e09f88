import { type Family, families } from './entry.ts'

/** A file of a logbook. */
export interface Segment {
  readonly number: number
  readonly bytes: number
}

export const segmentName = (family: Family, number: number): string =>
  `${family}-${String(number).padStart(10, '0')}.jsonl`

/** What a file's name says; undefined: it is none of a logbook. */
export const parseSegmentName = (name: string): { family: Family; number: number } | undefined => {
  const [, word, digits] = /^([a-z]+)-(\d{10})\.jsonl$/.exec(name) ?? []
  const family = families.find((known) => known === word)
  return family && { family, number: Number(digits) }
}

/**
 * Where the first of the two neighbours is that are to be joined: those that are the least coarse, of these the oldest,
 * so that the whole gets coarser evenly. The newest quarter stays as it was written, as long as there is anything else.
 * Where two are joined the number of the second goes missing: the distance to the next number tells how coarse one is.
 *
 * @param next - the number after the last one
 * @returns undefined if there are no two
 */
export const choosePair = (segments: readonly Segment[], next: number): number | undefined => {
  if (segments.length < 2) return undefined
  const starts = [...segments.map(({ number }) => number), next]
  const spanOf = (index: number) => (starts[index + 1] ?? next) - (starts[index] ?? next)
  const end = Math.max(0, segments.length - 2 - Math.floor(segments.length / 4))
  let chosen = 0
  let least = Number.POSITIVE_INFINITY
  for (let index = 0; index <= end; index += 1) {
    const coarseness = Math.max(spanOf(index), spanOf(index + 1))
    if (coarseness >= least) continue
    least = coarseness
    chosen = index
  }
  return chosen
}
