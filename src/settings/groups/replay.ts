import { optional, setting } from '../row.ts'
import { duration, path } from '../value.ts'

/** Delivery of what earlier runs left on disk. */
export const replay = {
  exportDir: optional({
    kind: path,
    group: 'replay',
    flag: 'export',
    example: './exported',
    doc: 'write what waits as OTLP JSON lines to this directory, and send nothing; the spool stays as it is',
  }),
  giveUpAfterMs: setting({
    kind: duration,
    group: 'replay',
    flag: 'give-up-after',
    default: 60_000,
    defaultText: '`60s`',
    example: '10m',
    doc: 'how long to go on while the collector takes nothing; what is left stays on disk',
  }),
} as const
