import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { POLL_INTERVAL_MS, type WatchMode } from '../../progress/contract.ts'
import { parseGoDuration } from './go-duration.ts'
import { isSameJson } from './same-json.ts'
import type { Sent, Verdict } from './verdict.ts'

/** How far two times of a timeline may lie apart, in milliseconds: watching is exact, polling not. */
const TOLERANCE_MS: Readonly<Record<WatchMode, number>> = { watch: 1_000, poll: POLL_INTERVAL_MS }

/**
 * Whether a verdict that came with a case is the one that was computed. Times may differ a little; what is absent
 * counts as null, or as nothing sent.
 */
export const isSameVerdict = (given: JsonValue, computed: Verdict, mode: WatchMode): boolean => {
  if (!isJsonObject(given)) return false
  const { outcome, atDocument = null, error = null, sent = [] } = given
  return (
    outcome === computed.outcome &&
    atDocument === computed.atDocument &&
    error === computed.error &&
    isSameTime(given.atTime, computed.atTime, mode) &&
    Array.isArray(sent) &&
    sent.length === computed.sent.length &&
    computed.sent.every((result, index) => isSameResult(sent[index], result, mode))
  )
}

const isSameResult = (given: JsonValue, { at, ...result }: Sent, mode: WatchMode): boolean => {
  if (!isJsonObject(given)) return false
  const { at: givenAt, ...rest } = given
  return isSameTime(givenAt, at, mode) && isSameJson(rest, result satisfies JsonObject)
}

const isSameTime = (given: JsonValue | undefined, computed: string | undefined, mode: WatchMode): boolean => {
  if (computed === undefined) return (given ?? null) === null
  const givenMs = typeof given === 'string' ? parseGoDuration(given) : undefined
  const computedMs = parseGoDuration(computed)
  if (givenMs === undefined || computedMs === undefined) return false
  return Math.abs(givenMs - computedMs) <= TOLERANCE_MS[mode]
}
