import { optional, setting } from '../row.ts'
import { oneOf, onOff, path } from '../value.ts'

/** For every command. */
export const general = {
  configFile: optional({
    kind: path,
    group: 'general',
    flag: 'config',
    env: 'TASKBEAT_CONFIG',
    defaultText: '`taskbeat.yaml`, if there is one',
    example: 'prod.yaml',
    doc: 'a YAML file of settings',
  }),
  console: setting({
    kind: oneOf('text', 'json'),
    group: 'general',
    flag: 'console',
    env: 'TASKBEAT_CONSOLE',
    default: 'text',
    example: 'json',
    doc: 'how telemetry looks on the console',
  }),
  dropRoot: setting({
    kind: onOff,
    group: 'general',
    env: 'TASKBEAT_DROP_ROOT',
    default: false,
    example: 'true',
    doc: 'started as root, become the owner of the results directory (the image sets it)',
  }),
} as const
