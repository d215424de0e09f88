import type { Writable } from 'node:stream'
import type { Clock } from '../../clock.ts'
import type { LogEvent, MessageEvent, ProgressEvent } from '../../workload-events.ts'
import { passThrough } from '../child/pass-through.ts'
import type { Child } from '../child/start-child.ts'
import { errorLines, isOfLauncher } from '../output/error-lines.ts'
import { createLogLimiter } from '../output/log-limiter.ts'
import { createOutputReader } from '../output/output-reader.ts'

export interface OutputOptions {
  readonly child: Child
  /** Where captured output goes. */
  readonly stdout: () => Writable
  readonly stderr: () => Writable
  /** Whether output becomes log records. */
  readonly sendsLogs: boolean
  /** Most log records a second. */
  readonly logRate: number
  readonly redact: (text: string) => string
  readonly readProgress: ((text: string) => ProgressEvent | undefined) | undefined
  readonly emit: (event: LogEvent | MessageEvent | ProgressEvent) => void
  readonly clock: Clock
}

/** The output of a command on its way through us. */
export interface FollowedOutput {
  /** Monotonic milliseconds of the last output, or of the beginning. */
  readonly lastMs: () => number
  /** The most telling lines, without secrets. */
  readonly errorLines: () => readonly string[]
  /** Log records that were not sent because there were too many. */
  readonly cappedLogs: () => number
  /** Resolves when all has passed; what holds a pipe open although the command is gone is waited for until the limit. */
  readonly end: (limit: Promise<void>) => Promise<void>
}

/** Passes the output of a command on, and reads it along the way. */
export const followOutput = (options: OutputOptions): FollowedOutput => {
  const { child, readProgress, emit, clock, logRate } = options
  let lastMs = clock.monotonicMs()
  const onCapped = (count: number) => {
    const text = `${count} log records were not sent: there were more than ${logRate} a second (--log-rate)`
    emit({ type: 'message', severity: 'WARN', text })
  }
  const limiter = createLogLimiter({ ratePerSecond: logRate, clock, onCapped })
  const onText =
    readProgress &&
    ((text: string) => {
      const event = readProgress(text)
      if (event) emit(event)
    })
  const followed = Object.entries(child.output ?? {}).map(([name, from]) => {
    const stream = name === 'stdout' ? 'stdout' : 'stderr'
    const emitLog = options.sendsLogs ? emit : undefined
    const reader = createOutputReader({ stream, clock, emitLog, onText, limiter, redact: options.redact })
    const passed = passThrough(from, options[stream](), (chunk) => {
      lastMs = clock.monotonicMs()
      reader.push(chunk)
    })
    return { from, reader, passed }
  })
  return {
    lastMs: () => lastMs,
    // what launchers report after it would push the exception out of the last lines
    errorLines: () => {
      const lines = followed.flatMap(({ reader }) => reader.lastLines())
      const errors = followed.flatMap(({ reader }) => reader.lastErrors())
      return errorLines(errors.length > 0 && isOfLauncher(lines.join('\n')) ? errors : lines)
    },
    cappedLogs: limiter.capped,
    end: async (limit) => {
      await Promise.race([Promise.all(followed.map(({ passed }) => passed)), limit])
      for (const { from, reader } of followed) {
        from.destroy()
        reader.end()
      }
      limiter.end()
    },
  }
}
