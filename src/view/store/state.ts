import type { EndEntry } from '../../logbook/entry.ts'
import type { RunState } from '../api.ts'
import type { Attempt } from './book.ts'
import { aboutText } from './words.ts'

export interface StateFacts {
  /** The newest attempt. */
  readonly attempt: Attempt | undefined
  /** Its end: as the platform tells it, else the task. */
  readonly end: EndEntry | undefined
  readonly percent: number | undefined
  readonly timeToGoSeconds: number | undefined
  /** The newest thing of any kind. */
  readonly lastMs: number | undefined
  readonly nowMs: number
  /** Whether it is known to run: then silence is not its death. */
  readonly isKnownToRun: boolean
}

export interface StateInWords {
  readonly state: RunState
  readonly sentence: string
}

const ended = { succeeded: 'completed', failed: 'failed', stopped: 'stopped' } as const

/** A moment for people. */
export const utcText = (ms: number) => {
  const date = new Date(ms)
  return Number.isNaN(date.getTime())
    ? 'long ago'
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** How the run is at a moment, and one sentence about it. */
export const stateOf = (facts: StateFacts): StateInWords => {
  const { attempt, end, percent, timeToGoSeconds, lastMs, nowMs, isKnownToRun } = facts
  if (end) return { state: ended[end.outcome], sentence: end.text }
  if (attempt === undefined) {
    return lastMs === undefined
      ? { state: 'waiting', sentence: 'waiting for the run to begin' }
      : { state: 'waiting', sentence: 'nothing tells how this run began' }
  }
  const { begin, lastSignMs } = attempt
  const { staleAfterMs, documentedStaleAfterMs } = begin.limits
  // what is told of the future, by a clock that is fast, is no sign of life now
  const toldMs = lastMs !== undefined && lastMs - nowMs <= documentedStaleAfterMs ? lastMs : begin.t
  const aliveMs = Math.max(begin.t, lastSignMs ?? begin.t, toldMs)
  if (!isKnownToRun && nowMs - aliveMs > staleAfterMs) {
    return {
      state: 'vanished',
      sentence: `has given no sign of life since ${utcText(lastSignMs ?? aliveMs)}`,
    }
  }
  if (lastSignMs === undefined) {
    return {
      state: 'waiting',
      sentence: `waiting for the first sign of life since ${aboutText((nowMs - begin.t) / 1_000)}`,
    }
  }
  const silence = aboutText((nowMs - lastSignMs) / 1_000)
  if (nowMs - lastSignMs > documentedStaleAfterMs) {
    const limit =
      nowMs - lastSignMs > staleAfterMs
        ? `the platform takes it for dead after ${aboutText(staleAfterMs / 1_000)}`
        : `it should give one every ${aboutText(documentedStaleAfterMs / 1_000)}`
    return { state: 'stale', sentence: `no sign of life for ${silence}; ${limit}` }
  }
  const parts = [
    'running',
    ...(percent === undefined ? [] : [`${percent} %`]),
    ...(timeToGoSeconds === undefined ? [] : [`about ${aboutText(timeToGoSeconds)} to go`]),
    `last sign of life ${silence} ago`,
  ]
  return { state: 'running', sentence: parts.join(', ') }
}
