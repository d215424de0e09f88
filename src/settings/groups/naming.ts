import { optional, setting } from '../row.ts'
import { onOff, path } from '../value.ts'

/** What metrics are called elsewhere. */
export const naming = {
  collectorFile: optional({
    kind: path,
    group: 'naming',
    flag: 'collector',
    example: './otel-collector.yaml',
    doc: 'the configuration of the OpenTelemetry Collector that exports to Prometheus',
  }),
  asJson: setting({
    kind: onOff,
    group: 'naming',
    flag: 'json',
    default: false,
    doc: 'print JSON instead of a table',
  }),
} as const
