import type { LogEvent } from '../../workload-events.ts'
import type { OutputBlock, OutputLine } from './join-lines.ts'
import { readJsonLine } from './json-line.ts'
import { severityOf } from './severity.ts'

type Stream = LogEvent['stream']

/** The record of one line. */
export const eventOfLine = (stream: Stream, { at, rank, text }: OutputLine): LogEvent => {
  const json = readJsonLine(text, at)
  const place = { type: 'log', stream, ...(rank !== undefined && { rank }) } as const
  return json === undefined
    ? { ...place, at, severity: severityOf(text) ?? 'INFO', text, attributes: {} }
    : { ...place, at, ...json }
}

/** The record of lines that belong together. */
export const eventOfBlock = (stream: Stream, block: OutputBlock): LogEvent => ({
  type: 'log',
  stream,
  ...block,
})
