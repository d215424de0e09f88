import { optional } from '../row.ts'
import { path } from '../value.ts'

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
} as const
