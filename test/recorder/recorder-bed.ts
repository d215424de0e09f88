import { createRecorder } from '../../src/recorder/create-recorder.ts'
import type { Done, Exporter } from '../../src/recorder/exporter.ts'
import type { Recorder, RecorderOptions } from '../../src/recorder/recorder.ts'
import type { Event } from '../../src/recorder/span.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'

/** An exporter that notes its calls in few words. */
export interface NotingExporter extends Exporter {
  /** Such as `start a`, `event a: e`, `stop a`; a failed call is noted too. */
  readonly calls: string[]
  /** The telemetry data errors that it was told of. */
  readonly signals: Event[]
}

/** @param answer - what a call does, by its note: throw, promise, or nothing */
export const notingExporter = (
  answer: (call: string) => Done = () => {},
  name = 'noting',
): NotingExporter => {
  const calls: string[] = []
  const signals: Event[] = []
  const note = (call: string): Done => {
    calls.push(call)
    return answer(call)
  }
  return {
    name,
    calls,
    signals,
    exportStart: ({ span }) => note(`start ${span.name}`),
    exportStop: ({ span }) => note(`stop ${span.name}`),
    exportEvent: ({ span }, event) => note(`event ${span.name}: ${event.name}`),
    exportError: ({ span }, event) => note(`error ${span.name}: ${event.attributes.error_message}`),
    exportTelemetryDataError: (event) => {
      signals.push(event)
      return note('signal')
    },
    forceFlush: () => note('flush'),
    close: () => note('close'),
  }
}

/** A recorder with a clock of its own; what it says to people is in `lines`. */
export const recorderBed = (
  options: RecorderOptions,
): { recorder: Recorder; clock: ManualClock; lines: string[] } => {
  const clock = manualClock()
  const lines: string[] = []
  const recorder = createRecorder({ clock, log: (line) => lines.push(line), ...options })
  return { recorder, clock, lines }
}
