import { AsyncLocalStorage } from 'node:async_hooks'
import { systemClock } from '../clock.ts'
import { parseTraceparent } from '../trace-context.ts'
import { checkOptions, type ExporterEntry } from './check-options.ts'
import { endWithBody } from './end-with-body.ts'
import { isAbort } from './error-attributes.ts'
import { exporterPlaces } from './exporter-places.ts'
import { sieveOf } from './filter.ts'
import { guardExporter } from './guarded-exporter.ts'
import { idleRecorder } from './idle-recorder.ts'
import { idleSpanIn, isIdle } from './idle-span.ts'
import { nearestActive, type RecordedSpan, type SpanKeeper } from './recorded-span.ts'
import type { Recorder, RecorderOptions, StartOptions } from './recorder.ts'
import { messageOf, RecorderError } from './recorder-error.ts'
import { openRecording } from './recording.ts'
import type { Span } from './span.ts'
import { asRecorderError, openLog, openStrategy } from './strategy.ts'
import { openTimekeeper } from './timekeeper.ts'

const noOptions: StartOptions = Object.freeze({})
const defaultTimeoutMs = 5_000

const openRecorder = (
  options: RecorderOptions,
  entries: readonly ExporterEntry[],
  say: (line: string) => void,
): Recorder => {
  const { clock = systemClock, disableExporterAfter, flushTimeoutMs = defaultTimeoutMs, runId } = options
  const timekeeper = openTimekeeper(clock)
  const idleSpan = idleSpanIn(options.traceparent)
  const storage = new AsyncLocalStorage<RecordedSpan>()
  const places = entries.map(({ exporter, filter }) => ({
    sieve: sieveOf([options.filter, filter]),
    guard: guardExporter({
      exporter,
      runId,
      disableAfter: { failures: 5, count: 'consecutive', ...disableExporterAfter },
      timeoutMs: flushTimeoutMs,
      clock,
      now: timekeeper.now,
      say,
    }),
  }))
  const exporters = exporterPlaces(places)
  const { isOff, mishap, attempt, attemptSilently } = openStrategy(
    options.errorStrategy === 'quiet',
    exporters.signalAll,
    say,
  )
  let isClosed = false
  let closing = Promise.resolve()

  const checkOpen = () => {
    if (isClosed) throw new RecorderError('CLOSED', 'the recorder is closed')
  }

  const keeper: SpanKeeper = {
    monotonicMs: timekeeper.monotonicMs,
    stop: (span) => recorder.stop(span),
    update: (span, attributes) => {
      if (!isOff()) attempt(() => recording.update(span, attributes))
    },
  }
  const recording = openRecording({
    keeper,
    places: exporters,
    aggregates: options.aggregates ?? [],
    timekeeper,
    outer: options.traceparent === undefined ? undefined : parseTraceparent(options.traceparent),
  })

  const currentSpan = () => (isOff() ? undefined : nearestActive(storage.getStore()))

  /** The end of a body's span, if the body, or the end of the recorder, did not stop it already. */
  const conclude = (span: RecordedSpan) => {
    if (span.isActive && !isOff()) attempt(() => recording.stop(span, undefined))
  }
  /** After what the body threw, nothing else may be thrown. */
  const concludeFailed = (span: RecordedSpan, thrown: unknown) => {
    if (!span.isActive || isOff()) return
    attemptSilently(() => {
      if (isAbort(thrown)) recording.stop(span, { stopEventAttributes: { aborted: true } })
      else {
        recording.error(span, `Error in ${span.name}: ${messageOf(thrown)}`, thrown, true)
        recording.stop(span, undefined)
      }
    })
  }

  /** All at once: exporters that hang cost the time of one. */
  const closeAll = async () => {
    for (let span = recording.newestOpen(); span && !isOff(); span = recording.newestOpen()) {
      const open = span
      attemptSilently(() => recording.stop(open, undefined))
    }
    await Promise.all(places.map(({ guard }) => guard.close()))
  }

  const start = (name: string, startOptions: StartOptions = noOptions): Span => {
    if (isOff()) return idleSpan
    try {
      checkOpen()
      return recording.start(name, startOptions, nearestActive(storage.getStore()))
    } catch (cause) {
      mishap(cause)
      return idleSpan
    }
  }

  const recorder: Recorder = {
    start,
    stop: (span, stopOptions) => {
      if (isOff()) return
      try {
        checkOpen()
        recording.stop(span, stopOptions)
      } catch (cause) {
        if (!isIdle(span)) mishap(cause)
      }
    },
    event: (span, name, eventOptions) => {
      if (isOff()) return
      try {
        checkOpen()
        recording.event(span, name, eventOptions)
      } catch (cause) {
        if (!isIdle(span)) mishap(cause)
      }
    },
    error: (span, message, thrown) => {
      if (isOff() || isIdle(span)) return
      attempt(() => {
        checkOpen()
        recording.error(span, message, thrown, false)
      })
    },
    telemetryDataError: (message, attributes) => {
      if (isOff()) return
      attempt(() => {
        checkOpen()
        recording.telemetryDataError(message, attributes)
      })
    },
    timedSpan: <T>(name: string, startOptions: StartOptions, body: (span: Span) => T): T => {
      const span = start(name, startOptions)
      if (span === idleSpan) return body(span)
      const own = span as RecordedSpan
      return endWithBody(() => storage.run(own, body, own), {
        onDone: () => conclude(own),
        onThrown: (thrown) => concludeFailed(own, thrown),
      })
    },
    currentSpan,
    stats: () => ({
      droppedValues: recording.droppedValues(),
      exporters: places.map(({ guard }) => guard.stats()),
    }),
    forceFlush: async () => {
      if (!isClosed) await Promise.all(places.map(({ guard }) => guard.flush()))
    },
    close: () => {
      if (!isClosed) {
        isClosed = true
        closing = closeAll()
      }
      return closing
    },
    [Symbol.asyncDispose]: () => recorder.close(),
  }

  for (const { guard } of places) guard.initialize()
  return Object.freeze(recorder)
}

/**
 * A recorder, ready for use: its exporters are initialized. Somebody should close it.
 *
 * @throws {RecorderError} `WRONG_USE` if the options cannot be, unless they say `quiet`: then one line says so, and
 * nothing is recorded
 */
export const createRecorder = (options: RecorderOptions): Recorder => {
  const outer = typeof options?.traceparent === 'string' ? options.traceparent : undefined
  if (options?.enabled === false) return idleRecorder(outer)
  const say = openLog(options)
  try {
    return openRecorder(options, checkOptions(options), say)
  } catch (cause) {
    if (options?.errorStrategy !== 'quiet') throw asRecorderError(cause)
    say(`nothing is recorded: ${messageOf(cause)}`)
    return idleRecorder(outer)
  }
}
