/**
 * What people are told of the trouble with one destination: at once that there is some, then a line a minute at most
 * while it lasts, and that it is over.
 */
import type { Clock } from '../clock.ts'

export interface TroubleReport {
  /** A request was not taken, and will be sent again. */
  readonly retried: (reason: string) => void
  /** @param what - such as `spans` */
  readonly dropped: (items: number, what: string, reason: string) => void
  readonly delivered: () => void
}

const quietMs = 60_000

/** One plain line, whatever a collector may have said. */
const lineOf = (reason: string) =>
  reason
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200)

/** @param place - the destination for people, without secrets */
export const createTroubleReport = (
  place: string,
  clock: Clock,
  print: (line: string) => void,
): TroubleReport => {
  const quietUntil = new Map<string, number>()
  let failingSinceMs: number | undefined
  let isTold = false

  /** Whether something of this kind may be said now. */
  const maySay = (kind: string) => {
    const nowMs = clock.monotonicMs()
    if (nowMs < (quietUntil.get(kind) ?? 0)) return false
    quietUntil.set(kind, nowMs + quietMs)
    return true
  }
  const lost = new Map<string, number>()

  return {
    retried: (reason) => {
      failingSinceMs ??= clock.monotonicMs()
      if (!maySay('retried')) return
      const seconds = Math.round((clock.monotonicMs() - failingSinceMs) / 1_000)
      const since = isTold && seconds > 0 ? `, for ${seconds} s now` : ''
      isTold = true
      print(`taskbeat: ${place} takes no telemetry${since} (${lineOf(reason)}); it is kept and sent again`)
    },
    dropped: (items, what, reason) => {
      const all = (lost.get(what) ?? 0) + items
      lost.set(what, all)
      if (!maySay(what)) return
      lost.delete(what)
      print(`taskbeat: ${all} ${what} dropped on the way to ${place}: ${lineOf(reason)}`)
    },
    delivered: () => {
      if (failingSinceMs === undefined) return
      failingSinceMs = undefined
      if (isTold) print(`taskbeat: ${place} takes telemetry again`)
      isTold = false
    },
  }
}
