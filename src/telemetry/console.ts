import { type AnyValue, type Attributes, type HrTime, SpanStatusCode } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core'
import type { LogRecordExporter, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { type DataPoint, DataPointType, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Exporters } from './exporters.ts'

/** Takes one line. */
type Print = (line: string) => void
export type ConsoleFormat = 'text' | 'json'

/** Attributes of every item of a run say nothing new on its own console. */
const isOfTheRun = (key: string) =>
  /^taskbeat\.(run_id|attempt|task_id|session_id|request_id|operation_type)$/.test(key)

/** Four digits, but for what is a whole number, or as long as one: a timestamp would become another. */
const round = (value: number) => {
  if (Number.isInteger(value)) return String(value)
  return String(Math.abs(value) < 1e4 ? Number(value.toPrecision(4)) : Math.round(value))
}

/** A text of several lines, such as a traceback, on one. */
const oneLine = (text: string) => text.replaceAll('\r', '\\r').replaceAll('\n', '\\n')

const valueText = (value: AnyValue): string => {
  if (typeof value === 'number') return round(value)
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value))
}

const attributesText = (attributes: Attributes) =>
  Object.entries(attributes)
    .filter(([key]) => !isOfTheRun(key))
    .map(([key, value]) => `  ${key}=${valueText(value ?? null)}`)
    .join('')

const timeText = (time: HrTime) => new Date(hrTimeToMilliseconds(time)).toISOString()
const clockText = (time: HrTime) => timeText(time).slice(11, 23)

const spanLine = (span: ReadableSpan) => {
  const failed = span.status.code === SpanStatusCode.ERROR ? `  ERROR ${span.status.message ?? ''}` : ''
  const duration = `${round(hrTimeToMilliseconds(span.duration))} ms`
  return `${clockText(span.endTime)} span    ${span.name}  ${duration}${failed}${attributesText(span.attributes)}`
}

const spanRecord = (span: ReadableSpan) => ({
  signal: 'traces',
  name: span.name,
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parentSpanId: span.parentSpanContext?.spanId,
  scope: span.instrumentationScope.name,
  startTime: timeText(span.startTime),
  endTime: timeText(span.endTime),
  status: SpanStatusCode[span.status.code],
  attributes: span.attributes,
})

const logLine = (record: ReadableLogRecord) =>
  `${clockText(record.hrTime)} log     ${record.severityText ?? ''}  ${valueText(record.body ?? record.eventName ?? '')}${attributesText(record.attributes)}`

const logRecord = (record: ReadableLogRecord) => ({
  signal: 'logs',
  time: timeText(record.hrTime),
  severity: record.severityText,
  body: record.body,
  eventName: record.eventName,
  traceId: record.spanContext?.traceId,
  spanId: record.spanContext?.spanId,
  scope: record.instrumentationScope.name,
  attributes: record.attributes,
})

interface Point {
  readonly name: string
  readonly unit: string
  readonly type: DataPointType
  readonly scope: string
  readonly point: DataPoint<unknown>
}

const pointText = ({ point: { value } }: Point) => {
  if (typeof value === 'number') return round(value)
  const { count, sum, min, max } = value as { count: number; sum?: number; min?: number; max?: number }
  const parts = Object.entries({ sum, min, max }).flatMap(([key, part]) =>
    part === undefined ? [] : `${key}=${round(part)}`,
  )
  return [`count=${count}`, ...parts].join(' ')
}

const pointLine = (entry: Point) => {
  const unit = entry.unit === '' || entry.unit === '1' ? '' : ` ${entry.unit}`
  return `${clockText(entry.point.endTime)} metric  ${entry.name}  ${pointText(entry)}${unit}${attributesText(entry.point.attributes)}`
}

const pointRecord = ({ name, unit, type, scope, point }: Point) => ({
  signal: 'metrics',
  name,
  unit,
  type: DataPointType[type],
  scope,
  time: timeText(point.endTime),
  value: point.value,
  attributes: point.attributes,
})

type Done = (result: ExportResult) => void
const succeeded: ExportResult = { code: ExportResultCode.SUCCESS }
const nothing = async () => {}
const ending = { forceFlush: nothing, shutdown: nothing }

const printing =
  <T>(print: Print, format: ConsoleFormat, line: (item: T) => string, record: (item: T) => unknown) =>
  (items: readonly T[], done: Done) => {
    for (const item of items) print(format === 'json' ? JSON.stringify(record(item)) : line(item))
    done(succeeded)
  }

/**
 * Exporters for people: one line an item, or one JSON object an item.
 *
 * A stream that takes no more (a closed terminal) is the printer's concern, so printing never fails here.
 */
export const consoleExporters = (print: Print, format: ConsoleFormat): Exporters => {
  const points = printing(print, format, pointLine, pointRecord)
  const traces: SpanExporter = { ...ending, export: printing(print, format, spanLine, spanRecord) }
  const logs: LogRecordExporter = { ...ending, export: printing(print, format, logLine, logRecord) }
  const metrics: PushMetricExporter = {
    ...ending,
    export: ({ scopeMetrics }, done) =>
      points(
        scopeMetrics.flatMap(({ scope, metrics }) =>
          metrics.flatMap(({ descriptor: { name, unit }, dataPointType, dataPoints }) =>
            dataPoints.map((point) => ({ name, unit, type: dataPointType, scope: scope.name, point })),
          ),
        ),
        done,
      ),
  }
  return { traces, metrics, logs }
}
