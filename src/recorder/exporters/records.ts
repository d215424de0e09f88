import type { JsonObject } from '../../json.ts'
import type { Attributes } from '../attributes.ts'
import type { ExportedSpan } from '../exporter.ts'
import type { Event, TelemetryDataErrorEvent } from '../span.ts'

/** An event in a record, as upstream writes it. Its time is the attribute `timestamp_msec`. */
export interface EventRecord {
  readonly name: string
  readonly attributes: JsonAttributes
}

/** Attributes as JSON can say them: numbers that are not finite as texts. */
export type JsonAttributes = Attributes & JsonObject

/** Which span a record is of. */
interface SpanIds {
  readonly trace_id: string
  readonly span_id: string
  /** Absent for the first span of a trace. */
  readonly parent_span_id?: string
  readonly run_id?: string
  /** Of the span. */
  readonly name: string
}

/**
 * One thing that was recorded, as a JSON object: upstream's records with the ids that those lack.
 *
 * @see https://github.com/NVIDIA/nv-one-logger `exporter/base_json_exporter.py`
 */
export type ExportRecord =
  | (SpanIds & {
      readonly type: 'start'
      readonly attributes?: JsonAttributes
      readonly start_event: EventRecord
    })
  | (SpanIds & {
      readonly type: 'stop'
      readonly attributes: JsonAttributes
      readonly stop_event: EventRecord
    })
  | (SpanIds & { readonly type: 'event' | 'application_error'; readonly event: EventRecord })
  | { readonly type: 'telemetry_data_error'; readonly run_id?: string; readonly error: EventRecord }

const jsonValue = (value: Attributes[string]): Attributes[string] => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object') return value
  // a list is of one type: if one number needs to be a text, all are
  return value.every((entry) => typeof entry !== 'number' || Number.isFinite(entry))
    ? value
    : value.map(String)
}

/** The same attributes, unless something in them JSON cannot say. */
const jsonAttributes = (attributes: Attributes): JsonAttributes => {
  for (const name in attributes) {
    const value = attributes[name]
    const isPlain = typeof value === 'string' || Number.isFinite(value)
    if (!isPlain) {
      const entries = Object.entries(attributes).map(([key, entry]) => [key, jsonValue(entry)])
      return Object.fromEntries(entries) as JsonAttributes
    }
  }
  return attributes as JsonAttributes
}

const eventRecord = ({ name, attributes }: Event): EventRecord => ({
  name,
  attributes: jsonAttributes(attributes),
})

const idsOf = ({ span, parentSpanId }: ExportedSpan, runId: string | undefined): SpanIds => ({
  trace_id: span.traceId,
  span_id: span.spanId,
  ...(parentSpanId !== undefined && { parent_span_id: parentSpanId }),
  ...(runId !== undefined && { run_id: runId }),
  name: span.name,
})

export const startRecord = (exported: ExportedSpan, runId: string | undefined): ExportRecord => {
  const { initialAttributes, startEvent } = exported.span
  return {
    type: 'start',
    ...idsOf(exported, runId),
    ...(Object.keys(initialAttributes).length > 0 && { attributes: jsonAttributes(initialAttributes) }),
    start_event: eventRecord(startEvent),
  }
}

export const stopRecord = (exported: ExportedSpan, runId: string | undefined): ExportRecord => {
  const { initialAttributes, updatedAttributes, stopEvent, startEvent } = exported.span
  return {
    type: 'stop',
    ...idsOf(exported, runId),
    attributes: jsonAttributes({ ...initialAttributes, ...updatedAttributes }),
    stop_event: eventRecord(stopEvent ?? startEvent),
  }
}

export const spanEventRecord = (
  type: 'event' | 'application_error',
  exported: ExportedSpan,
  event: Event,
  runId: string | undefined,
): ExportRecord => ({ type, ...idsOf(exported, runId), event: eventRecord(event) })

export const dataErrorRecord = (event: TelemetryDataErrorEvent, runId: string | undefined): ExportRecord => ({
  type: 'telemetry_data_error',
  ...(runId !== undefined && { run_id: runId }),
  error: eventRecord(event),
})
