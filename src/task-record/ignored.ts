import { type Logger, SeverityNumber } from '@opentelemetry/api'
import type { Instruments } from '../semconv/instruments.ts'
import type { Attributes } from '../workload-events.ts'

/** Why something that a workload told is not sent, or not as it was told, by what is said of the first of its kind. */
const reasons = {
  attributes: (name: string) =>
    `'${name}' has more than ${mostAttributes} attributes; those beyond are not sent`,
  'metric.conflict': (name: string) =>
    `the metric '${name}' had another kind or unit before; it keeps that one`,
  'metric.count': (name: string) => `too many different metrics: '${name}' and those after it are not sent`,
  'metric.identity': (name: string) =>
    `${name} says which one of endlessly many it was, and would make a series of each: put it on a span or an event; the metric is sent without it`,
  'metric.name': (name: string) => `'${name}' cannot be the name of a metric`,
  'metric.value': (name: string) => `the metric '${name}' cannot take a value that is negative or no number`,
  'span.count': (name: string) => `too many spans are open: '${name}' and those after it are not sent`,
  'span.end': (id: string) => `the span '${id}' ended, but none of that id is open`,
} as const

/** Of one item. The SDK keeps 128 and drops what comes later, which must not be what we add. */
const mostAttributes = 100

export type IgnoredReason = keyof typeof reasons

/** Counts what is not sent, and says so the first time. The name may be of any length. */
export type Ignore = (reason: IgnoredReason, name: string) => void

/** Keeps count in the metric `taskbeat.workload.ignored`, and tells of the first of each reason in a log record. */
export const createIgnore = (instruments: Instruments, logger: Logger): Ignore => {
  const counter = instruments.counter('taskbeat.workload.ignored')
  const told = new Set<IgnoredReason>()
  return (reason, name) => {
    counter.add(1, { 'taskbeat.reason': reason })
    if (told.has(reason)) return
    told.add(reason)
    logger.emit({
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARN',
      body: reasons[reason](name.slice(0, 100)),
      eventName: 'taskbeat.workload.ignored',
      attributes: { 'taskbeat.reason': reason },
    })
  }
}

/** No more attributes than an item has room for. */
export const withinLimit = (attributes: Attributes, name: string, ignore: Ignore): Attributes => {
  if (Object.keys(attributes).length <= mostAttributes) return attributes
  ignore('attributes', name)
  return Object.fromEntries(Object.entries(attributes).slice(0, mostAttributes))
}
