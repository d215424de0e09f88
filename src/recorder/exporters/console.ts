import type { Exporter } from '../exporter.ts'
import { writeStderrLine } from '../stderr-line.ts'
import { recordExporter } from './record-exporter.ts'
import type { EventRecord, ExportRecord, JsonAttributes } from './records.ts'

export interface ConsoleExporterOptions {
  /** `text`: one short line an item, for people. `json`: one JSON object an item. @default 'text' */
  readonly format?: 'text' | 'json'
  /** Takes a line without its end. If it throws, that counts as a failure. @default to stderr */
  readonly print?: (line: string) => void
  /** For messages. @default 'console' */
  readonly name?: string
}

/** One line, whatever the text holds: what would move a terminal's cursor is escaped. */
const oneLine = (text: string) =>
  text.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1).replace('\u007f', '\\u007f'))

/** Six digits, but for what is a whole number, or as long as one: a timestamp would become another. */
const numberText = (value: number) => {
  if (Number.isInteger(value)) return String(value)
  return String(Math.abs(value) < 1e6 ? Number(value.toPrecision(6)) : Math.round(value))
}

const valueText = (value: unknown): string => {
  if (typeof value === 'number') return numberText(value)
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Of each item, and told in another place of its line. */
const isTold = (name: string) =>
  name === 'timestamp_msec' || name === 'duration_msec' || name === 'error_message'

const attributesText = (attributes: JsonAttributes = {}) =>
  Object.entries(attributes)
    // the traceback is for those who look into the file
    .filter(([name]) => !isTold(name) && name !== 'exception_traceback')
    .map(([name, value]) => `  ${oneLine(name)}=${valueText(value)}`)
    .join('')

/** Time of day, UTC, with milliseconds. */
const timeText = ({ attributes }: EventRecord): string =>
  new Date(Number(attributes.timestamp_msec)).toISOString().slice(11, 23)

const lineOf = (record: ExportRecord): string => {
  switch (record.type) {
    case 'start':
      return `${timeText(record.start_event)} start  ${oneLine(record.name)}${attributesText(record.attributes)}${attributesText(record.start_event.attributes)}`
    case 'stop':
      return `${timeText(record.stop_event)} stop   ${oneLine(record.name)}  ${record.attributes.duration_msec} ms${attributesText(record.attributes)}${attributesText(record.stop_event.attributes)}`
    case 'event':
      return `${timeText(record.event)} event  ${oneLine(record.name)}: ${oneLine(record.event.name)}${attributesText(record.event.attributes)}`
    case 'application_error':
      return `${timeText(record.event)} ERROR  ${oneLine(record.name)}: ${valueText(record.event.attributes.error_message)}${attributesText(record.event.attributes)}`
    case 'telemetry_data_error':
      return `${timeText(record.error)} ERROR  in this telemetry: ${valueText(record.error.attributes.error_message)}${attributesText(record.error.attributes)}`
  }
}

/** An exporter for people: lines on the console. */
export const consoleExporter = ({
  format = 'text',
  print = writeStderrLine,
  name = 'console',
}: ConsoleExporterOptions = {}): Exporter => ({
  ...recordExporter(name, (record) => print(format === 'json' ? JSON.stringify(record) : lineOf(record))),
  close: () => {},
})
