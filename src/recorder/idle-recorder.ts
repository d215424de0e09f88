import { idleSpanIn } from './idle-span.ts'
import type { Recorder } from './recorder.ts'

const nothing = () => {}
const done = () => Promise.resolve()
const stats = () => ({ droppedValues: 0, exporters: [] })

/** A recorder that runs bodies and records nothing. */
export const idleRecorder = (outer: string | undefined): Recorder => {
  const span = idleSpanIn(outer)
  return Object.freeze<Recorder>({
    start: () => span,
    stop: nothing,
    event: nothing,
    error: nothing,
    telemetryDataError: nothing,
    timedSpan: (_name, _options, body) => body(span),
    currentSpan: () => undefined,
    stats,
    forceFlush: done,
    close: done,
    [Symbol.asyncDispose]: done,
  })
}
