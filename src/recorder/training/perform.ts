import type { Recorder } from '../recorder.ts'
import type { Span } from '../span.ts'
import { frequentSpans, type TrainingSpan } from './names.ts'
import type { TrainingRecord } from './records.ts'

/** Carries records out, through a recorder. */
export interface Performer {
  /** `at`: when it happened, if not now. */
  readonly perform: (record: TrainingRecord, at: Date | undefined) => void
  /** The span of that name that was started last, as long as it is open. */
  readonly performed: (span: TrainingSpan) => Span | undefined
}

const frequent: ReadonlySet<TrainingSpan> = new Set(frequentSpans)

const isWithin = (span: Span, ancestor: Span) => {
  for (let here: Span | undefined = span; here; here = here.parent) if (here === ancestor) return true
  return false
}

/** The nearest of a span and its ancestors that had begun by then, in whole milliseconds; else the outermost. */
const begunBy = (span: Span, atMs: number): Span => {
  let here = span
  while (here.parent && Math.floor(here.startedAt.wallMs) > atMs) here = here.parent
  return here
}

export const createPerformer = (recorder: Recorder): Performer => {
  const spans = new Map<TrainingSpan, Span>()

  /** A span of the training's own, in the one that is to be the parent, is a nearer one. */
  const parentOf = (name: TrainingSpan | undefined) => {
    const span = name === undefined ? undefined : spans.get(name)
    const current = recorder.currentSpan()
    return span && current && isWithin(current, span) ? current : span
  }

  const perform = (record: TrainingRecord, at: Date | undefined) => {
    if (record.kind === 'start') {
      const newest = parentOf(record.parent)
      // what is told late may be older than what is open by now
      const parent = newest && at ? begunBy(newest, at.getTime()) : newest
      const started = recorder.start(record.span, {
        attributes: record.attributes,
        ...(parent && { parent }),
        ...(at && { startedAt: at }),
        ...(frequent.has(record.span) && { verbosity: 1 }),
      })
      spans.set(record.span, started)
      return
    }
    const span = spans.get(record.span)
    if (!span) return
    if (record.kind === 'event') {
      recorder.event(span, record.name, { attributes: record.attributes, ...(at && { at }) })
    } else if (record.kind === 'error') {
      recorder.error(span, record.message, record.error)
    } else {
      spans.delete(record.span)
      recorder.stop(span, at && { stoppedAt: at })
    }
  }

  return { perform, performed: (name) => spans.get(name) }
}
