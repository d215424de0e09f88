import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from '../clock.ts'

/** At ten seconds an export, so much garbage lies about after it: two megabytes. */
const collectMs = 300_000

const flags = [
  ...['--no-opt', '--no-maglev', '--no-sparkplug'],
  ...['--semi-space-growth-factor=1', '--heap-growing-percent=10', '--expose-gc'],
]

/**
 * Keeps V8 from taking room for speed: a sidecar works for milliseconds in ten seconds, and shares the memory of its pod
 * with the training. Otherwise the same work takes 12 MB more after some minutes: compiled code, and a heap that grows
 * as there is never enough garbage for a collection. V8 reads these flags each time that it might do so.
 */
export const staySmall = (clock: Clock): void => {
  for (const flag of flags) setFlagsFromString(flag)
  const collect: () => void = runInNewContext('gc')
  const turn = () => {
    collect()
    clock.after(collectMs, turn)
  }
  clock.after(collectMs, turn)
}
