import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs'
import { clipBytes } from './outcome.ts'

/** The kubelet reads so many bytes, from the end of the file. */
export const terminationLogBytes = 4_096

/** What may not be made, and must not wait for a reader. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK

/**
 * Leaves the last words of a container where Kubernetes looks for them. The file is there before the container, as a
 * mount, so it is neither made nor replaced; what the workload has written into it stays, before our own.
 *
 * Silent where there is no such file, no regular one, or none that may be written.
 *
 * @returns whether it was written
 * @see https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
 */
export const writeTerminationLog = (text: string, path = '/dev/termination-log'): boolean => {
  try {
    if (text === '' || !statSync(path).isFile()) return false
    const file = openSync(path, flags)
    try {
      const gap = fstatSync(file).size > 0 ? '\n' : ''
      const bytes = Buffer.from(`${gap}${clipBytes(text, terminationLogBytes - gap.length)}`)
      return writeSync(file, bytes) === bytes.length
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}
