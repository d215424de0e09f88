import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import type { Clock } from '../clock.ts'

/** Less costs time in collections, more is only room that is never given back. */
const enoughBytes = 16 * 2 ** 20
const lookMs = 1_000

/**
 * Keeps V8 from growing its young generation beyond what telemetry needs. Under a steady load of items, none of which
 * lives long, it would double it again and again, to 100 MB over some minutes of 2,000 items a second, and keep it.
 *
 * V8 reads this flag each time that it might grow; a flag of the command line would have to stand in every way to
 * start the program, and would be passed on to the workload.
 */
export const boundYoungGeneration = (clock: Clock): void => {
  const look = () => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    if ((space?.space_size ?? 0) >= enoughBytes) setFlagsFromString('--semi-space-growth-factor=1')
    else clock.after(lookMs, look)
  }
  look()
}
