import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import type { Writable } from 'node:stream'

const retryMs = 10

/** Writes to a descriptor as it is, in order; where other users of a pipe made it non-blocking, as soon as it can. */
const writeThrough = (descriptor: number): Writable => {
  const write = (left: Buffer, done: (error?: Error) => void): void => {
    try {
      const rest = left.subarray(writeSync(descriptor, left))
      if (rest.length === 0) done()
      else write(rest, done)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') setTimeout(write, retryMs, left, done)
      else done(error as Error)
    }
  }
  const { Writable } = process.getBuiltinModule('node:stream')
  return new Writable({ decodeStrings: true, write: (chunk, _, done) => write(chunk, done) })
}

/**
 * Standard output (1) or error (2), written to without a change to it.
 *
 * `process.stderr` makes a pipe non-blocking, and with it the very same pipe of a child that has inherited it:
 * Python's print() then fails with BlockingIOError as soon as the reader is slow. So a pipe is opened anew; where the
 * system does not let us, as with sockets, writing waits for the reader, as the child's does.
 *
 * @see pipe(7), fcntl(2) F_SETFL: the status flags belong to the open file description
 */
const openSharedOutput = (descriptor: 1 | 2): Writable => {
  if (!fstatSync(descriptor).isFIFO()) return writeThrough(descriptor)
  try {
    const own = openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
    const { Socket } = process.getBuiltinModule('node:net')
    return new Socket({ fd: own, readable: false, writable: true })
  } catch {
    return writeThrough(descriptor)
  }
}

/**
 * Makes `process.stdout` and `process.stderr` streams that a child may share. For the whole process, as nobody knows
 * who touches them: it is enough to load Node's own `util`, which looks for colours.
 */
export const shareStandardOutput = (): void => {
  for (const [name, descriptor] of [
    ['stdout', 1],
    ['stderr', 2],
  ] as const) {
    let stream: Writable | undefined
    const get = () => {
      stream ??= openSharedOutput(descriptor)
      return stream
    }
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get })
  }
}
