import { setting } from '../row.ts'
import { integer, onOff, path } from '../value.ts'

/** Looking at a run. */
export const view = {
  ui: setting({
    kind: onOff,
    group: 'ui',
    flag: 'ui',
    env: 'TASKBEAT_UI',
    default: false,
    doc: 'show the run on a page of this machine while it lasts: progress, checkpoints, curves, spans and logs',
  }),
  uiPort: setting({
    kind: integer({ min: 0, max: 65_535 }),
    group: 'ui',
    alsoIn: ['view'],
    flag: 'ui-port',
    env: 'TASKBEAT_UI_PORT',
    default: 0,
    defaultText: 'any free one',
    example: '8080',
    doc: 'the port of that page; it listens on the loopback address only',
  }),
  logbookMb: setting({
    kind: integer({ min: 0, max: 100_000 }),
    group: 'logbook',
    env: 'TASKBEAT_LOGBOOK_MB',
    default: 64,
    example: '256',
    doc: 'most MiB that a run keeps in `.taskbeat/logbook` of the results directory, to be looked at with `taskbeat view`; 0 keeps nothing',
  }),
  reportFile: setting({
    kind: path,
    group: 'report',
    flag: 'output',
    short: 'o',
    default: 'report.html',
    example: 'ticket-42.html',
    doc: 'the file to write',
  }),
} as const
