import type { SpanEndedEvent, SpanStartedEvent } from '../../workload-events.ts'
import type { Timestamp } from '../span.ts'
import { trainingSpans } from './names.ts'
import { type BareCallback, toldSpans } from './told-spans.ts'
import { begin, type Mapped, pauseOf, stampOf, teller, type WorkloadTraining } from './workload-state.ts'

const wholeNumber = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined

/** A workload that tells of its loop knows where it starts, and may say so. */
const mapLoopStarted = (state: WorkloadTraining, event: SpanStartedEvent, since: Timestamp): Mapped => {
  if (state.isTraining) return { state, callbacks: [] }
  const completed = wholeNumber(event.attributes.train_iterations_start)
  const open = { ...state, loopSince: since, pausedSec: 0 }
  if (completed === undefined) return { state: open, callbacks: [] }
  const start = { completed, isStartKnown: true }
  const { attributes } = event
  return {
    state: begin(open, start, since),
    callbacks: [
      teller(since)({
        type: 'train-start',
        ...start,
        samplesStart: wholeNumber(attributes.train_samples_start),
        iterationsTarget: wholeNumber(attributes.train_iterations_target),
        samplesTarget: wholeNumber(attributes.train_samples_target),
      }),
    ],
  }
}

export const mapSpanStarted = (state: WorkloadTraining, event: SpanStartedEvent, now: Timestamp): Mapped => {
  const { name, id, rank = 0 } = event
  const told = toldSpans.get(name)
  const isLoop = name === trainingSpans.trainingLoop
  if (rank !== 0 || !(told || isLoop) || state.spans[name]) return { state, callbacks: [] }
  const since = stampOf(event.at, now)
  const open = { ...state, spans: { ...state.spans, [name]: { id, since } } }
  return told ? { state: open, callbacks: [teller(since)(told.start)] } : mapLoopStarted(open, event, since)
}

/** A loop in which no step was told has been there all the same. */
const mapLoopEnded = (state: WorkloadTraining, until: Timestamp): Mapped => {
  const over = { ...state, isTraining: false, loopSince: undefined, stepAt: undefined, pausedSec: 0 }
  const unknown: BareCallback = { type: 'train-start', completed: state.step ?? 0, isStartKnown: false }
  const since = state.loopSince ?? until
  const end = teller(until)({ type: 'train-end' })
  return { state: over, callbacks: state.isTraining ? [end] : [teller(since)(unknown), end] }
}

export const mapSpanEnded = (state: WorkloadTraining, event: SpanEndedEvent, now: Timestamp): Mapped => {
  const found = Object.entries(state.spans).find(([, { id }]) => id === event.id)
  if (!found) return { state, callbacks: [] }
  const [name, { since }] = found
  const until = stampOf(event.at, now)
  const { [name]: _ended, ...spans } = state.spans
  const told = toldSpans.get(name)
  const mapped: Mapped = told
    ? {
        state: { ...state, spans, pausedSec: state.pausedSec + pauseOf(state, since, until) },
        callbacks: [teller(until)(told.end)],
      }
    : mapLoopEnded({ ...state, spans }, until)
  if (event.error === undefined) return mapped
  const span = told?.span ?? trainingSpans.trainingLoop
  const error = teller(until)({ type: 'error', span, message: event.error })
  return { ...mapped, callbacks: [...mapped.callbacks.slice(0, -1), error, ...mapped.callbacks.slice(-1)] }
}
