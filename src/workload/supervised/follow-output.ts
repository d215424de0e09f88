import type { Writable } from 'node:stream'
import { type Clock, wait } from '../../clock.ts'
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
  /**
   * Resolves when all is out. What holds a pipe open although the command is gone has `lateMs` for each further output;
   * a slow reader of ours is waited for until `isGivenUp`.
   */
  readonly end: (lateMs: number, isGivenUp: Promise<void>) => Promise<void>
}

/** Passes the output of a command on, and reads it along the way. */
export const followOutput = (options: OutputOptions): FollowedOutput => {
  const { child, readProgress, emit, clock, logRate } = options
  let lastMs = clock.monotonicMs()
  const onCapped = (count: number) => {
    const text = `${count} log records were left out: there were more than ${logRate} a second (--log-rate)`
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
    const onChunk = (chunk: Buffer) => {
      lastMs = clock.monotonicMs()
      reader.push(chunk)
    }
    const onLoss = ({ message }: Error) =>
      emit({ type: 'message', severity: 'ERROR', text: `${stream} is lost from here on: ${message}` })
    return { from, reader, passage: passThrough(from, options[stream](), onChunk, onLoss) }
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
    end: async (lateMs, isGivenUp) => {
      const isOver = Promise.all(followed.map(({ passage }) => passage.done))
      const isSilent = async () => {
        // a reader that is slow is waited for, as the command would have
        while (followed.some(({ passage }) => passage.isHeldUp()) || clock.monotonicMs() - lastMs < lateMs)
          await wait(clock, lateMs)
      }
      await Promise.race([isOver, wait(clock, lateMs).then(isSilent), isGivenUp])
      for (const { from, reader } of followed) {
        from.destroy()
        reader.end()
      }
      limiter.end()
    },
  }
}
