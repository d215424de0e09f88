import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8 from taking room for speed: a sidecar works for milliseconds in ten seconds, and shares the memory of its pod
 * with the training. Without it the same work takes 12 MB more after some minutes: compiled code, and a heap that grows
 * since nobody collects it. V8 reads these flags each time that it might do so.
 */
export const staySmall = (): void => {
  for (const flag of [
    '--no-opt',
    '--no-maglev',
    '--no-sparkplug',
    '--semi-space-growth-factor=1',
    '--heap-growing-percent=10',
  ])
    setFlagsFromString(flag)
}
