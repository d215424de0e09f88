import type { JsonObject } from '../json.ts'
import { checkMetadata, checkName, checkPercent, type ResultStrategy } from './contract.ts'

/** What a progress file says, apart from whose it is and when it was written. */
export interface ProgressState {
  /** Integer from 0 to 100; 0 only before the first named state. */
  readonly percentComplete: number
  /** The directory under the results directory that this state announces; empty before the first one. */
  readonly name: string
  readonly metadata: JsonObject
}

export const initialState: ProgressState = { percentComplete: 0, name: '', metadata: {} }

/**
 * What is in the file and what waits to be: the whole memory of the writer.
 *
 * States queue, as the platform uploads only what it saw. Heartbeats do not: a newer one replaces an older.
 */
export interface Plan {
  readonly shown: ProgressState
  readonly shownSinceMs: number
  readonly writtenAtMs: number
  readonly queue: readonly ProgressState[]
  /** Writes that failed in a row, and when to try again. */
  readonly failures: number
  readonly retryAtMs: number
}

export interface Pace {
  readonly heartbeatMs: number
  /** Least time that a state stays before the next one replaces it. */
  readonly dwellMs: number
}

export type Action =
  | { readonly kind: 'publish'; readonly state: ProgressState }
  | { readonly kind: 'beat' }
  | { readonly kind: 'wait'; readonly delayMs: number }

/** The plan right after the first write. */
export const beginPlan = (
  shown: ProgressState,
  nowMs: number,
  pending: readonly ProgressState[] = [],
): Plan => ({
  shown,
  shownSinceMs: nowMs,
  writtenAtMs: nowMs,
  queue: pending,
  failures: 0,
  retryAtMs: nowMs,
})

/** The state that will be in the file once nothing waits any more. */
export const lastState = (plan: Plan): ProgressState => plan.queue.at(-1) ?? plan.shown

export type Acceptance =
  | {
      readonly ok: true
      readonly plan: Plan
      /** A percentage that still waited, which a newer one under the same name has made needless. */
      readonly replaced: ProgressState | undefined
    }
  | { readonly ok: false; readonly reason: string }

export interface AcceptanceRules {
  readonly strategy: ResultStrategy
  /** Whether a state of this run, or of an earlier life of it, had that name. */
  readonly isUsed: (name: string) => boolean
}

const refusal = (
  plan: Plan,
  state: ProgressState,
  { strategy, isUsed }: AcceptanceRules,
): string | undefined => {
  const last = lastState(plan)
  if (typeof state.name !== 'string') return `the name must be text, got \`${String(state.name)}\``
  if (last.percentComplete === 100) return `the task is complete: '${last.name}' carries the 100`
  const wrongPercent = checkPercent(state.percentComplete)
  if (wrongPercent !== undefined) return wrongPercent
  if (state.percentComplete === 0) return 'percentComplete is 0, which only the first document may have'
  if (state.percentComplete < last.percentComplete) {
    return `percentComplete is ${state.percentComplete}, but must not fall below ${last.percentComplete}`
  }
  if (strategy === 'UPLOAD' || state.name !== '') {
    const wrongName = checkName(state.name)
    if (wrongName !== undefined) return wrongName
  }
  if (strategy === 'UPLOAD' && isUsed(state.name)) {
    return `the name '${state.name}' was used before, and each state needs its own`
  }
  return checkMetadata(state.metadata)
}

/**
 * Takes a state into the queue, or says which rule it breaks.
 *
 * Where results are not uploaded (`NONE`), a newer percentage under the same name replaces one that still waits.
 */
export const accept = (plan: Plan, state: ProgressState, rules: AcceptanceRules): Acceptance => {
  const reason = refusal(plan, state, rules)
  if (reason !== undefined) return { ok: false, reason }
  const last = plan.queue.at(-1)
  const replaced = rules.strategy === 'NONE' && last?.name === state.name ? last : undefined
  const kept = replaced ? plan.queue.slice(0, -1) : plan.queue
  return { ok: true, plan: { ...plan, queue: [...kept, state] }, replaced }
}

/** What to do now: publish the next state, repeat the one that is shown, or wait. */
export const nextAction = (plan: Plan, nowMs: number, { heartbeatMs, dwellMs }: Pace): Action => {
  const [state] = plan.queue
  const publishAtMs = state === undefined ? Number.POSITIVE_INFINITY : plan.shownSinceMs + dwellMs
  const beatAtMs =
    plan.shown.percentComplete === 100 ? Number.POSITIVE_INFINITY : plan.writtenAtMs + heartbeatMs
  const dueAtMs = Math.max(Math.min(publishAtMs, beatAtMs), plan.failures > 0 ? plan.retryAtMs : 0)
  if (nowMs < dueAtMs) return { kind: 'wait', delayMs: dueAtMs - nowMs }
  return state !== undefined && nowMs >= publishAtMs ? { kind: 'publish', state } : { kind: 'beat' }
}

/** The plan after a write that succeeded. */
export const afterWrite = (plan: Plan, action: Action, nowMs: number): Plan => {
  const written = { ...plan, writtenAtMs: nowMs, failures: 0 }
  if (action.kind !== 'publish') return written
  // a newer percentage may have taken the place of the written one meanwhile
  const queue = plan.queue[0] === action.state ? plan.queue.slice(1) : plan.queue
  return { ...written, shown: action.state, shownSinceMs: nowMs, queue }
}

const longestRetryMs = 10_000

/** The plan after a write that failed: tried again after 1, 2, 4, 8, then every 10 seconds. */
export const afterFailure = (plan: Plan, nowMs: number): Plan => ({
  ...plan,
  failures: plan.failures + 1,
  retryAtMs: nowMs + Math.min(longestRetryMs, 1_000 * 2 ** plan.failures),
})
