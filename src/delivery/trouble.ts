/**
 * What people are told of the trouble with one collector: a line a minute at most, the first one at once, and that it
 * is over.
 */
import type { Clock } from '../clock.ts'
import { itemNames, type Signal, signals } from '../otlp/signals.ts'
import { oneLine } from './senders/reason.ts'

export interface TroubleReport {
  /** A request was not taken, and will be sent again. */
  readonly retried: (signal: Signal, reason: string) => void
  readonly dropped: (signal: Signal, items: number, reason: string) => void
  readonly delivered: (signal: Signal) => void
  /** Tells what has not been told yet. */
  readonly end: () => void
}

const quietMs = 60_000

/** Lets something through once a minute at most. */
export const createQuiet = (clock: Clock): (() => boolean) => {
  let quietUntilMs = Number.NEGATIVE_INFINITY
  return () => {
    if (clock.monotonicMs() < quietUntilMs) return false
    quietUntilMs = clock.monotonicMs() + quietMs
    return true
  }
}

/** @param place - the collector for people, without secrets */
export const createTroubleReport = (
  place: string,
  clock: Clock,
  print: (line: string) => void,
): TroubleReport => {
  const maySay = createQuiet(clock)
  const failing = new Set<Signal>()
  const lost: Partial<Record<Signal, number>> = {}
  let lastReason = ''
  let failingSinceMs = 0
  let isTold = false

  const tellLost = () => {
    const counts = signals.flatMap((signal) => (lost[signal] ? [`${lost[signal]} ${itemNames[signal]}`] : []))
    for (const signal of signals) delete lost[signal]
    print(`taskbeat: ${counts.join(', ')} dropped on the way to ${place}: ${oneLine(lastReason)}`)
  }
  const hasLost = () => Object.keys(lost).length > 0

  return {
    retried: (signal, reason) => {
      if (failing.size === 0) failingSinceMs = clock.monotonicMs()
      failing.add(signal)
      if (!maySay()) return
      const seconds = Math.round((clock.monotonicMs() - failingSinceMs) / 1_000)
      const since = isTold && seconds > 0 ? `, for ${seconds} s now` : ''
      isTold = true
      print(`taskbeat: ${place} takes no telemetry${since} (${oneLine(reason)}); it is kept and sent again`)
    },
    dropped: (signal, items, reason) => {
      lost[signal] = (lost[signal] ?? 0) + items
      lastReason = reason
      if (maySay()) tellLost()
    },
    delivered: (signal) => {
      if (!failing.delete(signal) || failing.size > 0) return
      if (isTold) print(`taskbeat: ${place} takes telemetry again`)
      isTold = false
    },
    end: () => {
      if (hasLost()) tellLost()
    },
  }
}
