import type { Clock } from '../clock.ts'
import type { LogbookEntry, PointsEntry } from './entry.ts'
import { createFold } from './fold-points.ts'

/** Nothing else of the process waits longer for us. */
const sliceMs = 3
/** Groups that are joined to see how large they become. */
const samples = 64

const pointsOf = (line: string): PointsEntry | undefined => {
  try {
    const entry = JSON.parse(line) as LogbookEntry
    return entry.k === 'p' && typeof entry.v === 'object' ? entry : undefined
  } catch {
    // a crash has cut it off
    return undefined
  }
}

/** The lines of one group in one; groups have so many on average, as a whole number of lines would be too coarse. */
const joinGroup = (lines: readonly string[], group: number, size: number): string => {
  const fold = createFold()
  const end = Math.min(lines.length, Math.floor((group + 1) * size))
  for (let index = Math.floor(group * size); index < end; index += 1) {
    const points = pointsOf(lines[index] ?? '')
    if (points) fold.add(points)
  }
  const joined = fold.take()
  return joined === undefined ? '' : `${JSON.stringify(joined)}\n`
}

const estimateBytes = (lines: readonly string[], size: number): number => {
  const groups = Math.ceil(lines.length / size)
  const stride = Math.max(1, Math.floor(groups / samples))
  let bytes = 0
  let count = 0
  for (let group = 0; group < groups; group += stride) {
    bytes += joinGroup(lines, group, size).length
    count += 1
  }
  return (bytes / Math.max(1, count)) * groups
}

export interface JoinOptions {
  readonly mostBytes: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Lets everything else have its turn. */
  readonly pause: () => Promise<void>
}

/**
 * Lines of points with as many neighbours joined as it takes to fit; the least and the greatest value of each series
 * stay. Points are of ASCII alone. Undefined: not even all in one line fit.
 */
export const joinLines = async (
  lines: readonly string[],
  { mostBytes, clock, pause }: JoinOptions,
): Promise<string | undefined> => {
  let startMs = clock.monotonicMs()
  const breathe = async () => {
    if (clock.monotonicMs() - startMs < sliceMs) return
    await pause()
    startMs = clock.monotonicMs()
  }
  for (let size = 1.5; ; size *= 1.1) {
    await breathe()
    if (size < lines.length && estimateBytes(lines, size) > mostBytes) continue
    const groups = Math.ceil(lines.length / size)
    let text = ''
    for (let group = 0; group < groups && text.length <= mostBytes; group += 1) {
      text += joinGroup(lines, group, size)
      await breathe()
    }
    if (text.length <= mostBytes) return text
    if (size >= lines.length) return undefined
  }
}
