import { readFileSync } from 'node:fs'
import { createLogLimiter } from '../../../src/workload/output/log-limiter.ts'
import { createOutputReader } from '../../../src/workload/output/output-reader.ts'
import type { LogEvent } from '../../../src/workload-events.ts'
import { manualClock } from '../../support/manual-clock.ts'

export interface TestOptions {
  readonly ratePerSecond?: number
  readonly withLogs?: boolean
  readonly withTexts?: boolean
  readonly redact?: (text: string) => string
}

/** A reader whose clock stands still, and all that it gave out. */
export const startReader = (options: TestOptions = {}) => {
  const { ratePerSecond = 100_000, withLogs = true, withTexts = true, redact = (text) => text } = options
  const clock = manualClock()
  const events: LogEvent[] = []
  const texts: string[] = []
  const limiter = createLogLimiter({ ratePerSecond, clock, onCapped: () => {} })
  const reader = createOutputReader({
    stream: 'stderr',
    clock,
    emitLog: withLogs ? (event) => events.push(event) : undefined,
    onText: withTexts ? (text) => texts.push(text) : undefined,
    limiter,
    redact,
  })
  return { reader, clock, events, texts, limiter }
}

/** All that a reader makes of an output, which comes in these chunks. */
export const readAll = (chunks: readonly (string | Buffer)[], options?: TestOptions) => {
  const started = startReader(options)
  for (const chunk of chunks) started.reader.push(Buffer.from(chunk))
  started.reader.end()
  return { ...started, lastLines: started.reader.lastLines(), lastErrors: started.reader.lastErrors() }
}

/** What a real program printed, recorded with its standard output and error in one. */
export const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8')

/** Records in short: severity, rank, how many lines there are, the beginning of the first, and the exception. */
export const inShort = (events: readonly LogEvent[]): readonly string[] =>
  events.map(({ severity, rank, text, attributes }) => {
    const [first = '', ...others] = text.split('\n')
    const { 'exception.type': type, 'exception.message': message } = attributes
    return [
      severity,
      ...(rank === undefined ? [] : [`[${rank}]`]),
      ...(others.length === 0 ? [] : [`(${others.length + 1} lines)`]),
      first.slice(0, 60),
      ...(type === undefined ? [] : [`→ ${type}: ${String(message).slice(0, 60)}`]),
    ].join(' ')
  })
