import type { Clock } from '../../../src/clock.ts'
import type { Attributes } from '../../../src/recorder/attributes.ts'
import {
  createRecorder,
  type ExportRecord,
  memoryExporter,
  type Recorder,
} from '../../../src/recorder/index.ts'

/** What was recorded, as short as it can be compared. */
export type Recorded =
  | { readonly start: string; readonly parent: string | null; readonly attributes: Attributes }
  | { readonly stop: string }
  | { readonly event: string; readonly span: string; readonly attributes: Attributes }
  | { readonly error: string; readonly message: string }
  | { readonly telemetryDataError: string }
  | { readonly closed: true }

export interface Recording {
  readonly recorder: Recorder
  readonly recorded: () => readonly Recorded[]
  /** When spans started and stopped, and events were, by their names. */
  readonly times: () => readonly (readonly [name: string, at: Date])[]
}

/** Attributes that the recorder adds of itself. */
const own = new Set(['timestamp_msec', 'duration_msec'])
const withoutOwn = (attributes: Attributes = {}): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !own.has(name)))

/** `names`: those of all spans, by id. */
const shorten = (record: ExportRecord, names: ReadonlyMap<string, string>): Recorded => {
  switch (record.type) {
    case 'start': {
      const { name, parent_span_id = '', attributes } = record
      return { start: name, parent: names.get(parent_span_id) ?? null, attributes: withoutOwn(attributes) }
    }
    case 'stop':
      return { stop: record.name }
    case 'event': {
      const { name, attributes } = record.event
      return { event: name, span: record.name, attributes: withoutOwn(attributes) }
    }
    case 'application_error':
      return { error: record.name, message: String(record.event.attributes.error_message) }
    case 'telemetry_data_error':
      return { telemetryDataError: String(record.error.attributes.error_message) }
  }
}

const namesOf = (records: readonly ExportRecord[]) =>
  new Map(records.flatMap((record) => (record.type === 'start' ? [[record.span_id, record.name]] : [])))

const timeOf = ({ timestamp_msec }: Attributes) => new Date(Number(timestamp_msec))

/** A recorder, and what comes out of it. */
export const openRecording = (clock: Clock): Recording => {
  const memory = memoryExporter()
  let isClosed = false
  const close = () => {
    isClosed = true
  }
  return {
    recorder: createRecorder({ exporters: [{ ...memory, close }], clock }),
    recorded: () => {
      const names = namesOf(memory.records)
      const shortened = memory.records.map((record) => shorten(record, names))
      return isClosed ? [...shortened, { closed: true }] : shortened
    },
    times: () =>
      memory.records.flatMap((record) => {
        if (record.type === 'start') return [[record.name, timeOf(record.start_event.attributes)] as const]
        if (record.type === 'stop') return [[record.name, timeOf(record.stop_event.attributes)] as const]
        return record.type === 'event' ? [[record.event.name, timeOf(record.event.attributes)] as const] : []
      }),
  }
}
