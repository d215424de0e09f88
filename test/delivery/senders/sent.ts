import type { Attempt } from '../../../src/delivery/sender.ts'
import { encode } from '../../support/otlp-client.ts'

/** A request with so many log records. */
export const logsBytes = (...texts: readonly string[]): Buffer =>
  encode('logs', {
    resourceLogs: [{ scopeLogs: [{ logRecords: texts.map((text) => ({ body: { stringValue: text } })) }] }],
  })

/** An attempt with three log records, for which there is time enough. */
export const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  signal: 'logs',
  bytes: logsBytes('a', 'b', 'c'),
  timeoutMs: 20_000,
  ...more,
})
