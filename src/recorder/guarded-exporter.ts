import { type Clock, endsWithin } from '../clock.ts'
import type { Attributes } from './attributes.ts'
import { noAttributes } from './copy-attributes.ts'
import type { ExportedSpan, Exporter } from './exporter.ts'
import { eventAt } from './recorded-span.ts'
import type { DisableAfter, ExporterStats } from './recorder.ts'
import { messageOf, RecorderError } from './recorder-error.ts'
import type { ErrorEvent, Event, TelemetryDataErrorEvent, Timestamp } from './span.ts'
import { isThenable } from './thenable.ts'
import { callQueue, type ItemKind, type WaitingCall } from './waiting-calls.ts'

/** So many calls wait for an exporter that is busy; what comes then is lost. */
export const mostWaiting = 10_000

/** An exporter whose failures hurt nobody, are counted, told to it, and in the end too many. */
export interface GuardedExporter {
  readonly initialize: () => void
  /** Has the item exported: now, or after what waits. */
  readonly hand: (kind: ItemKind, exported: ExportedSpan, event: Event | undefined) => void
  /** Tells the exporter that its data is not complete, once in its life. */
  readonly signal: (message: string, attributes?: Attributes) => void
  /** Resolves when all is out, or the time is up. */
  readonly flush: () => Promise<void>
  /** The same, then closes it. */
  readonly close: () => Promise<void>
  readonly stats: () => ExporterStats
}

export interface GuardOptions {
  readonly exporter: Exporter
  readonly runId: string | undefined
  readonly disableAfter: Required<DisableAfter>
  readonly timeoutMs: number
  readonly clock: Clock
  readonly now: () => Timestamp
  /** Takes a line for people. */
  readonly say: (line: string) => void
}

const nothing = () => {}

export const guardExporter = ({
  exporter,
  runId,
  disableAfter,
  timeoutMs,
  clock,
  now,
  say,
}: GuardOptions): GuardedExporter => {
  const queue = callQueue()
  let missed: WeakSet<ExportedSpan> | undefined
  let isBusy = false
  let isDisabled = false
  let isClosed = false
  let wasSignalled = false
  let delivered = 0
  let failures = 0
  let failuresInRow = 0
  let lost = 0

  const arrived = () => {
    delivered += 1
    failuresInRow = 0
  }
  const taken = exporter.deliversLater ? nothing : arrived

  /** Returns the signal, if it was among what waited. */
  const forgetWaiting = (): WaitingCall | undefined => {
    let waitingSignal: WaitingCall | undefined
    for (let call = queue.shift(); call; call = queue.shift()) {
      if (call.kind === 'flush') call.resolve()
      else if (call.kind === 'signal') waitingSignal = call
      else lost += 1
    }
    return waitingSignal
  }

  const disable = (line: string) => {
    isDisabled = true
    const waitingSignal = forgetWaiting()
    say(line)
    return waitingSignal
  }

  const failed = (cause: unknown) => {
    failures += 1
    failuresInRow += 1
    const message = messageOf(cause)
    signal(`Error exporting data via exporter ${exporter.name}: ${message}`)
    const inRow = disableAfter.count === 'consecutive'
    if (isDisabled || isClosed || (inRow ? failuresInRow : failures) < disableAfter.failures) return
    const counted = `${disableAfter.failures} failures${inRow ? ' in a row' : ''}`
    const waitingSignal = disable(`the exporter ${exporter.name} is given up after ${counted}: ${message}`)
    // what it has is incomplete all the same
    if (waitingSignal) queue.push(waitingSignal)
  }

  /** Until it is settled, calls wait. */
  const holdFor = (done: PromiseLike<unknown>, onDone: () => void, onFailed: (cause: unknown) => void) => {
    isBusy = true
    Promise.resolve(done).then(
      () => {
        isBusy = false
        onDone()
        proceed()
      },
      (cause: unknown) => {
        isBusy = false
        onFailed(cause)
        proceed()
      },
    )
  }

  const attempt = (call: () => unknown, onDone: () => void, onFailed: (cause: unknown) => void) => {
    let done: unknown
    try {
      done = call()
    } catch (cause) {
      onFailed(cause)
      return
    }
    if (isThenable(done)) holdFor(done, onDone, onFailed)
    else onDone()
  }

  const exportItem = (kind: ItemKind, exported: ExportedSpan, event: Event | undefined): unknown => {
    if (kind === 'start') return exporter.exportStart(exported)
    if (kind === 'stop') return exporter.exportStop(exported)
    if (kind === 'event') return exporter.exportEvent(exported, event as Event)
    return exporter.exportError(exported, event as ErrorEvent)
  }

  // not by `attempt`, which would need a closure for each item
  const run = (kind: ItemKind, exported: ExportedSpan, event: Event | undefined) => {
    let done: unknown
    try {
      done = exportItem(kind, exported, event)
    } catch (cause) {
      failed(cause)
      return
    }
    if (done !== undefined && isThenable(done)) holdFor(done, taken, failed)
    else taken()
  }

  const runFlush = (resolve: () => void) =>
    attempt(
      () => exporter.forceFlush?.(),
      resolve,
      (cause) => {
        failed(cause)
        resolve()
      },
    )

  const proceed = () => {
    while (!isBusy) {
      const call = queue.shift()
      if (call === undefined) return
      if (call.kind === 'flush') runFlush(call.resolve)
      else if (call.kind === 'signal') call.send()
      else run(call.kind, call.exported, call.event)
    }
  }

  const signal = (message: string, attributes: Attributes = noAttributes) => {
    if (wasSignalled || isDisabled || isClosed) return
    wasSignalled = true
    const send = () => {
      const type = delivered > 0 ? 'incomplete_telemetry_data' : 'no_telemetry_data'
      const standard = { error_message: message, telemetry_data_error_type: type }
      const event = eventAt('telemetry_data_error', { ...attributes, ...standard }, now())
      attempt(() => exporter.exportTelemetryDataError(event as TelemetryDataErrorEvent), nothing, nothing)
    }
    if (isBusy) queue.push({ kind: 'signal', send })
    else send()
  }

  const wait = (kind: ItemKind, exported: ExportedSpan, event: Event | undefined) => {
    if (queue.length() < mostWaiting || kind === 'stop') {
      queue.push({ kind, exported, event })
      return
    }
    lost += 1
    // an exporter never hears of the middle of a span whose start it missed
    if (kind === 'start') missed = (missed ?? new WeakSet()).add(exported)
    signal(`The exporter ${exporter.name} is too slow: more than ${mostWaiting} calls wait`)
  }

  const drain = (): Promise<void> => {
    if (isDisabled || isClosed) return Promise.resolve()
    const last = queue.last()
    if (last?.kind === 'flush') return last.flushed
    const { promise, resolve } = Promise.withResolvers<void>()
    if (isBusy) queue.push({ kind: 'flush', resolve, flushed: promise })
    else runFlush(resolve)
    return promise
  }

  const isDrained = async () => {
    const isDone = await endsWithin(clock, timeoutMs, drain())
    if (!isDone) failed(new RecorderError('TIMEOUT', `not flushed within ${timeoutMs} ms`))
  }

  return {
    initialize: () => {
      const { initialize } = exporter
      if (initialize === undefined) return
      const onFailed = (cause: unknown) => {
        failures += 1
        disable(`the exporter ${exporter.name} is not used, as it did not start: ${messageOf(cause)}`)
      }
      attempt(() => exporter.initialize?.({ runId, failed, delivered: arrived }), nothing, onFailed)
    },
    hand: (kind, exported, event) => {
      if (isDisabled || isClosed || missed?.has(exported)) lost += 1
      else if (isBusy) wait(kind, exported, event)
      else run(kind, exported, event)
    },
    signal,
    flush: isDrained,
    close: async () => {
      const startedMs = clock.monotonicMs()
      await isDrained()
      isClosed = true
      forgetWaiting()
      const closing = Promise.withResolvers<void>()
      attempt(() => exporter.close(), closing.resolve, closing.reject)
      const complain = (why: string) => {
        failures += 1
        say(`the exporter ${exporter.name} did not close: ${why}`)
      }
      const closed = closing.promise.catch((cause: unknown) => complain(messageOf(cause)))
      // one that hung before has used up the time
      const leftMs = Math.max(0, timeoutMs - (clock.monotonicMs() - startedMs))
      if (!(await endsWithin(clock, leftMs, closed))) complain(`it took more than ${timeoutMs} ms`)
    },
    stats: () => ({ name: exporter.name, delivered, failures, lost, isDisabled, wasSignalled }),
  }
}
