import type { Clock } from '../../clock.ts'
import type { LogbookEntry } from '../../logbook/entry.ts'
import { redactEvent } from '../../workload/supervised/redact-event.ts'
import type {
  CheckpointEvent,
  ErrorEvent,
  LogEvent,
  ProgressEvent,
  Severity,
  TrainingState,
  WorkloadEvent,
} from '../../workload-events.ts'
import { percentOf } from '../training.ts'
import { momentOf } from './moment.ts'
import { createPoints } from './points.ts'
import { createSpans } from './spans.ts'

/** @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const severityNumbers: Readonly<Record<Severity, number>> = {
  TRACE: 1,
  DEBUG: 5,
  INFO: 9,
  WARN: 13,
  ERROR: 17,
  FATAL: 21,
}

/** Errors that are moments too; of the others the logs tell. */
const mostErrorMoments = 50
const goPauseMs = 5_000

export interface WorkloadEntriesOptions {
  /** Of the logbook. */
  readonly serial: number
  readonly add: (entry: LogbookEntry) => void
  readonly timeToGoSeconds: () => number | undefined
  /** Takes secrets out of events; undefined: they have none. */
  readonly redact: ((text: string) => string) | undefined
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
}

/** What was known when an event was told. */
export interface Told {
  /** Milliseconds since 1970. */
  readonly t: number
  readonly state: TrainingState
}

/** Writes down what a workload tells. */
export const createWorkloadEntries = (options: WorkloadEntriesOptions) => {
  const { serial, add, timeToGoSeconds, redact, clock } = options
  const points = createPoints({ serial, add, now: () => clock.now().getTime() })
  const spans = createSpans({ serial, add })
  let epoch: { readonly number: number; readonly startMs: number } | undefined
  let goMs = Number.NEGATIVE_INFINITY
  let errorMoments = 0
  let hasDiverged = false

  const log = (
    { at, rank, attributes }: Pick<LogEvent, 'at' | 'rank' | 'attributes'>,
    { severity, text, source }: { severity: Severity; text: string; source: string },
  ) => {
    add({
      ...{ k: 'log', t: at.getTime(), severity: severityNumbers[severity], text },
      source: rank === undefined ? source : `rank ${rank}`,
      ...(Object.keys(attributes).length > 0 && { attributes }),
    })
  }
  const error = (event: ErrorEvent) => {
    const { at, message, errorType, stack } = event
    const text = errorType === undefined ? message : `${errorType}: ${message}`
    const attributes = {
      ...event.attributes,
      ...(errorType !== undefined && { 'exception.type': errorType }),
      ...(stack !== undefined && { 'exception.stacktrace': stack }),
    }
    log({ ...event, attributes }, { severity: 'ERROR', text, source: 'events' })
    errorMoments += 1
    if (errorMoments <= mostErrorMoments) add(momentOf(at.getTime(), 'ERROR', text))
  }
  const endEpoch = (endMs: number) => {
    if (!epoch) return
    const attributes = { 'taskbeat.epoch': epoch.number }
    spans.add({ name: 'taskbeat.segment', startMs: epoch.startMs, endMs, attributes })
    epoch = undefined
  }
  const go = ({ t, state: { totalSteps } }: Told) => {
    if (clock.monotonicMs() - goMs < goPauseMs) return
    const seconds = timeToGoSeconds()
    if (seconds === undefined) return
    goMs = clock.monotonicMs()
    add({ k: 'go', t, seconds, ...(totalSteps !== undefined && { totalSteps }) })
  }
  const progress = ({ at, metrics }: ProgressEvent, told: Told) => {
    points.training(at?.getTime() ?? told.t, told.state, metrics)
    go(told)
    const { loss } = metrics
    if (hasDiverged || loss === undefined || Number.isFinite(loss)) return
    hasDiverged = true
    const { step } = told.state
    add(momentOf(told.t, 'WARN', `loss is ${loss}${step === undefined ? '' : ` at step ${step}`}`))
  }
  const checkpoint = (event: CheckpointEvent, { state }: Told) => {
    const { name, sizeBytes, files = [], step = state.step, epoch: of = state.epoch } = event
    const [startMs, endMs] = [event.startedAt.getTime(), event.endedAt.getTime()]
    const own = percentOf(event.step, state.totalSteps) ?? state.percent ?? 0
    add({
      ...{ k: 'checkpoint', t: endMs, name, startMs, sizeBytes },
      percent: event.percentComplete ?? Math.floor(own),
      ...(event.files && { files: files.length }),
      ...(step !== undefined && { step }),
    })
    const parent = spans.add({
      ...{ name: 'taskbeat.checkpoint', startMs, endMs },
      attributes: {
        'taskbeat.checkpoint': name,
        'taskbeat.checkpoint.size': sizeBytes,
        ...(step !== undefined && { 'taskbeat.step': step }),
        ...(of !== undefined && { 'taskbeat.epoch': of }),
      },
    })
    for (const { path, sizeBytes: size, startedAt, endedAt } of files) {
      const attributes = { 'file.name': path, 'file.size_bytes': size }
      const [from, to] = [startedAt.getTime(), endedAt.getTime()]
      spans.add({ name: 'create_file', startMs: from, endMs: to, parent, attributes })
    }
  }

  return {
    machine: points.machine,
    tell: (given: WorkloadEvent, told: Told) => {
      const event = redact ? redactEvent(given, redact) : given
      switch (event.type) {
        case 'epoch-started':
          endEpoch(told.t)
          epoch = { number: event.epoch, startMs: told.t }
          return
        case 'progress':
          return progress(event, told)
        case 'checkpoint':
          return checkpoint(event, told)
        case 'message':
          return add(momentOf(told.t, event.severity, event.text))
        case 'log':
          return log(event, { severity: event.severity, text: event.text, source: event.stream })
        case 'event':
          return log(event, { severity: 'INFO', text: event.name, source: 'events' })
        case 'error':
          return error(event)
        case 'span-started':
          return spans.started(event)
        case 'span-ended':
          return spans.ended(event)
        case 'metric':
          return points.metric(told.t, event)
        case 'phase': {
          const [startMs, endMs] = [event.startedAt.getTime(), event.endedAt.getTime()]
          const attributes = { ...event.attributes, 'taskbeat.phase': event.name }
          spans.add({ name: 'taskbeat.phase', startMs, endMs, attributes })
        }
      }
    },
    /** Ends what is open. */
    end: (endMs: number) => {
      endEpoch(endMs)
      spans.abandon(endMs)
    },
  }
}
