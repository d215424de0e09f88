import { context, logs, metrics, propagation, trace } from '@opentelemetry/api'
import { systemClock } from '../../src/clock.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import type { TaskRecord } from '../../src/task-record/record.ts'
import { startTaskRecord, type TaskRecordOptions } from '../../src/task-record/task-record.ts'
import { selectDestinations } from '../../src/telemetry/signals.ts'
import { startTelemetry } from '../../src/telemetry/start.ts'
import { type Received, startReceiver } from '../support/otlp-receiver.ts'

export interface RecordingOptions extends TaskRecordOptions {
  /** @default 'http' */
  readonly way?: 'grpc' | 'http'
  readonly env?: Readonly<Record<string, string>>
  readonly rank?: number
  /** Ends the task after what is recorded. @default true */
  readonly isEnded?: boolean
}

/** What arrived, and what the console was given. */
export interface Recording extends Received {
  readonly printed: readonly string[]
}

/** Only one SDK at a time can be the one of the API. */
const forgetSdk = () => {
  for (const api of [trace, metrics, logs, context, propagation]) api.disable()
}

/** What is told of the telemetry itself comes with everything. */
const isOfDelivery = ({ name }: { readonly name: string }) => name.startsWith('taskbeat.telemetry.')

/** Records with the real SDK and delivery, and resolves to what a real receiver got of the record. */
export const recorded = async (
  use: (record: TaskRecord) => void | Promise<void>,
  { way = 'http', env = {}, rank, isEnded = true, ...options }: RecordingOptions = {},
): Promise<Recording> => {
  await using receiver = await startReceiver()
  const endpoint = way === 'grpc' ? receiver.grpcUrl : receiver.httpUrl
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: way, ...env }
  const resolution = await resolveSettings({ argv: [], env: all }, ['general', 'telemetry', 'platform'])
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('; '))
  const { settings } = resolution
  const printed: string[] = []
  try {
    const telemetry = await startTelemetry({
      settings,
      destinations: selectDestinations(settings, 'nothing'),
      keys: { 'taskbeat.run_id': 'r-1', 'taskbeat.attempt': 2 },
      version: '0.0.0',
      clock: systemClock,
      print: (line) => printed.push(line),
      trace: options.trace,
      rank,
    })
    const record = startTaskRecord('a test', options)
    await use(record)
    if (isEnded) record.ended('INFO', 'task completed', { 'process.exit.code': 0 })
    await telemetry.shutdown(10_000)
  } finally {
    forgetSdk()
  }
  const { points, ...rest } = receiver.received
  return { ...rest, points: points.filter((point) => !isOfDelivery(point)), printed }
}

/** The only item of that name, or the item of a wrong number of them, for the message. */
export const only = <T extends { readonly name: string }>(items: readonly T[], name: string): T => {
  const found = items.filter((item) => item.name === name)
  const [first] = found
  if (!first || found.length > 1) throw new Error(`there are ${found.length} of ${name}, not 1`)
  return first
}
