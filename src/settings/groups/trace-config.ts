import { optional, setting } from '../row.ts'
import { integer, onOff } from '../value.ts'

/** What an unsigned integer of Triton's command line can hold. */
const spans = integer({ min: 1, max: 4_294_967_295 })

/** How another program traces, that reads no variables of OpenTelemetry, or not all. */
export const traceConfig = {
  tritonRate: setting({
    kind: integer({ min: 0, max: 2_147_483_647 }),
    group: 'trace-config',
    flag: 'rate',
    default: 1,
    example: '0',
    doc: 'one of so many requests is traced; with 0 only those that come with a trace, which always are',
  }),
  tritonJson: setting({
    kind: onOff,
    group: 'trace-config',
    flag: 'json',
    default: false,
    doc: 'print the list as JSON, on one line',
  }),
  tritonArguments: setting({
    kind: onOff,
    group: 'trace-config',
    flag: 'arguments',
    default: false,
    doc: 'print arguments for `tritonserver`, one a line',
  }),
  spanQueueSize: optional({
    kind: spans,
    group: 'trace-config',
    env: 'OTEL_BSP_MAX_QUEUE_SIZE',
    defaultText: "Triton's own: `2048`",
    example: '8192',
    doc: 'spans that Triton keeps until they are sent; more are lost',
  }),
  spanBatchSize: optional({
    kind: spans,
    group: 'trace-config',
    env: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    defaultText: "Triton's own: `512`",
    example: '256',
    doc: 'spans that Triton sends in one request',
  }),
} as const
