import { finished } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import type { TaskProcess } from './task-process.ts'

/** Bytes of a task's log that the platform shows after a failure. */
const tailBytes = 1_024

/** Time for the output of a task that has ended to arrive, if something else holds its pipes open. */
const lateOutputMs = 1_000

/** What a task prints. */
export interface TaskOutput {
  /** The last 1,024 bytes so far. */
  readonly tail: () => string
  /** Resolves when the task has ended and all its output has passed. */
  readonly settled: Promise<void>
}

export interface OutputOptions {
  readonly stdout?: NodeJS.WritableStream
  readonly stderr?: NodeJS.WritableStream
}

/** Passes a task's output on, and keeps its end. */
export const follow = ({ stdout, stderr, exited }: TaskProcess, options: OutputOptions): TaskOutput => {
  let tail: Buffer = Buffer.alloc(0)
  const add = (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes)
  }
  const passed = [
    { from: stdout, to: options.stdout },
    { from: stderr, to: options.stderr },
  ].map(({ from, to }) => {
    from.on('data', add)
    if (to) from.pipe(to, { end: false })
    // a pipe that breaks has nothing more to say
    return finished(from, { writable: false }).catch(() => undefined)
  })
  const settled = exited.then(async () => {
    await Promise.race([Promise.all(passed), setTimeout(lateOutputMs, undefined, { ref: false })])
  })
  return { tail: () => tail.toString(), settled }
}
