import { setting } from '../row.ts'
import { onOff } from '../value.ts'

/** How a configuration is looked at. */
export const doctor = {
  sendsCanary: setting({
    kind: onOff,
    group: 'doctor',
    flag: 'canary',
    default: true,
    doc: 'send one span, one metric point and one log record, marked `taskbeat.canary`; without, no telemetry is sent',
  }),
  listsDefaults: setting({
    kind: onOff,
    group: 'doctor',
    flag: 'defaults',
    default: false,
    doc: 'list the settings at their defaults too',
  }),
  reportAsJson: setting({
    kind: onOff,
    group: 'doctor',
    flag: 'json',
    default: false,
    doc: 'print the report as JSON',
  }),
} as const
