/** One item of each signal, as our own telemetry has them, but for what says that it is a canary. */
import { type HrTime, SeverityNumber, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'

import { millisToHrTime } from '@opentelemetry/core'
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { encodePoints } from '../../otlp/points/encode-points.ts'
import type { Signal } from '../../otlp/signals.ts'
import { metricConventions } from '../../semconv/metrics.ts'
import { taskbeatScope } from '../../telemetry/scopes.ts'
import type { TaskTrace } from '../../trace-context.ts'

export interface CanaryOptions {
  readonly resource: Resource
  readonly trace: TaskTrace
  readonly nowMs: number
}

const name = 'taskbeat.canary'
const attributes = { 'taskbeat.canary': true } as const
const instrumentationScope = { name: taskbeatScope }

const contextOf = ({ traceId, spanId }: TaskTrace) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED })

const spanOf = ({ resource, trace }: CanaryOptions, at: HrTime): ReadableSpan => ({
  ...{ name, kind: SpanKind.INTERNAL, attributes, resource, instrumentationScope },
  ...{ startTime: at, endTime: at, duration: [0, 0], ended: true },
  ...{ links: [], events: [], status: { code: SpanStatusCode.UNSET } },
  ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  spanContext: () => contextOf(trace),
})

const recordOf = ({ resource, trace }: CanaryOptions, at: HrTime): ReadableLogRecord => ({
  ...{ eventName: name, attributes, resource, instrumentationScope, droppedAttributesCount: 0 },
  ...{ hrTime: at, hrTimeObserved: at, body: 'canary of taskbeat doctor' },
  ...{ severityNumber: SeverityNumber.INFO, severityText: 'INFO', spanContext: contextOf(trace) },
})

/** `Export<Signal>ServiceRequest` in protobuf, with one item in it. */
export const canaryBytes = (signal: Signal, options: CanaryOptions): Uint8Array => {
  const { resource, nowMs } = options
  const at = millisToHrTime(nowMs)
  if (signal === 'traces')
    return ProtobufTraceSerializer.serializeRequest([spanOf(options, at)]) ?? new Uint8Array()
  if (signal === 'logs')
    return ProtobufLogsSerializer.serializeRequest([recordOf(options, at)]) ?? new Uint8Array()
  const { kind: type, unit, description } = metricConventions[name]
  const point = { name, type, unit, description, attributes, timeMs: nowMs, value: 1 }
  return encodePoints([point], { resource: resource.attributes, scope: instrumentationScope })
}
