import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import { baggageValue } from '../baggage.ts'
import type { Settings } from '../settings.ts'

/** What ties all spans and log records of one run together. Never on metrics, where it would be a series each. */
export interface CorrelationKeys {
  readonly 'taskbeat.run_id': string
  readonly 'taskbeat.attempt': number
  readonly 'taskbeat.task_id'?: string
  readonly 'taskbeat.session_id'?: string
  readonly 'taskbeat.request_id'?: string
  readonly 'taskbeat.operation_type'?: string
}

/** The names of all keys by which spans and log records are found; none of them is ever a metric's attribute. */
export const correlationKeys: ReadonlySet<string> = new Set([
  'taskbeat.run_id',
  'taskbeat.attempt',
  'taskbeat.task_id',
  'taskbeat.checkpoint',
  'taskbeat.session_id',
  'taskbeat.request_id',
  'taskbeat.operation_type',
])

/** Longer than any id; some SDKs discard all attributes of a resource if one has more than 255 characters. */
const mostCharacters = 255

const known = <K extends string>(key: K, value: string | undefined) =>
  value === undefined || value.length > mostCharacters ? {} : ({ [key]: value } as Record<K, string>)

type Sources = Pick<
  Settings,
  'taskId' | 'sessionId' | 'requestId' | 'operationType' | 'outerBaggage' | 'resourceAttributes'
>

/** The keys of a run: its own, and those of who asked for it, by setting, baggage or resource attribute. */
export const correlationKeysOf = (
  settings: Sources,
  { runId, attempt }: { readonly runId: string; readonly attempt: number },
): CorrelationKeys => {
  const { taskId, sessionId, requestId, operationType, outerBaggage = '', resourceAttributes } = settings
  const fromOutside = (key: string) => baggageValue(outerBaggage, key) ?? resourceAttributes[key]
  return {
    'taskbeat.run_id': runId,
    'taskbeat.attempt': attempt,
    ...known('taskbeat.task_id', taskId),
    ...known('taskbeat.session_id', sessionId ?? fromOutside('taskbeat.session_id')),
    ...known('taskbeat.request_id', requestId ?? fromOutside('taskbeat.request_id')),
    ...known('taskbeat.operation_type', operationType ?? fromOutside('taskbeat.operation_type')),
  }
}

/** Said of the whole run, but an item that has its own session, request or operation is of that one. */
const ofItem = ['taskbeat.session_id', 'taskbeat.request_id', 'taskbeat.operation_type']

const missing = (keys: CorrelationKeys, attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(keys).filter(([key]) => !(ofItem.includes(key) && attributes[key] !== undefined)),
  )

const nothing = async () => {}

/** Puts the keys on every span as it starts. */
export const correlateSpans = (keys: CorrelationKeys): SpanProcessor => ({
  onStart: (span) => {
    span.setAttributes(missing(keys, span.attributes))
  },
  onEnd: () => {},
  forceFlush: nothing,
  shutdown: nothing,
})

/** Puts the keys on every log record as it is emitted. */
export const correlateLogs = (keys: CorrelationKeys): LogRecordProcessor => ({
  onEmit: (record) => {
    record.setAttributes(missing(keys, record.attributes))
  },
  forceFlush: nothing,
  shutdown: nothing,
})
