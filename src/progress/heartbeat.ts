import type { Clock } from '../clock.ts'
import { TaskbeatError } from '../errors.ts'
import {
  type Action,
  afterFailure,
  afterWrite,
  nextAction,
  type Pace,
  type Plan,
  type ProgressState,
} from './plan.ts'

export interface HeartbeatOptions {
  readonly plan: Plan
  readonly pace: () => Pace
  readonly clock: Clock
  /** Puts a state into the file, with a fresh `lastUpdatedAt`. */
  readonly write: (state: ProgressState, action: Action['kind']) => Promise<void>
  /** A state is in the file for the first time. */
  readonly onPublished: (state: ProgressState) => void
  /** A write failed; it will be tried again. */
  readonly onFailure: (error: unknown, failuresInARow: number) => void
}

/** The loop that carries out a plan: one write at a time, the next one when the plan says so. */
export interface Heartbeat {
  readonly plan: () => Plan
  /** Replaces the plan and acts on it at once if something is due. */
  readonly update: (change: (plan: Plan) => Plan) => void
  /** Resolves when `isReached` holds of the plan; rejects when the heartbeat stops first. */
  readonly until: (isReached: (plan: Plan, nowMs: number) => boolean) => Promise<void>
  /** Ends the beating; resolves when the write under way, if any, is through. */
  readonly stop: () => Promise<void>
}

interface Waiter {
  readonly isReached: (plan: Plan, nowMs: number) => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const closed = () => new TaskbeatError('CLOSED', 'the progress file was closed')

export const startHeartbeat = (options: HeartbeatOptions): Heartbeat => {
  const { pace, clock, write, onPublished, onFailure } = options
  let { plan } = options
  let isStopped = false
  let cancelTimer = () => {}
  let underWay: Promise<void> | undefined
  const waiters = new Set<Waiter>()

  const settleWaiters = (nowMs: number) => {
    for (const waiter of waiters) {
      if (!waiter.isReached(plan, nowMs)) continue
      waiters.delete(waiter)
      waiter.resolve()
    }
  }

  const act = async (action: Exclude<Action, { kind: 'wait' }>) => {
    try {
      await write(action.kind === 'publish' ? action.state : plan.shown, action.kind)
      plan = afterWrite(plan, action, clock.monotonicMs())
      if (action.kind === 'publish') onPublished(action.state)
    } catch (error) {
      plan = afterFailure(plan, clock.monotonicMs())
      onFailure(error, plan.failures)
    }
    underWay = undefined
    turn()
  }

  // an announcement in the queue has somebody who waits for it, too
  const isAwaited = () => waiters.size > 0 || plan.queue.length > 0

  const turn = () => {
    if (isStopped || underWay !== undefined) return
    cancelTimer()
    // one moment for all: a dwell that ended between two readings would be over for the timer, not for who waits
    const nowMs = clock.monotonicMs()
    settleWaiters(nowMs)
    const action = nextAction(plan, nowMs, pace())
    if (action.kind !== 'wait') {
      underWay = act(action)
      return
    }
    // somebody who waits for the dwell of the shown state has no write to be woken by
    const dwellLeftMs = plan.shownSinceMs + pace().dwellMs - nowMs
    const delayMs =
      waiters.size > 0 && dwellLeftMs > 0 ? Math.min(action.delayMs, dwellLeftMs) : action.delayMs
    if (Number.isFinite(delayMs)) cancelTimer = clock.after(delayMs, turn, { keepsAlive: isAwaited() })
  }

  turn()
  return {
    plan: () => plan,
    update: (change) => {
      plan = change(plan)
      turn()
    },
    until: (isReached) =>
      new Promise((resolve, reject) => {
        waiters.add({ isReached, resolve, reject })
        turn()
        if (isStopped) reject(closed())
      }),
    stop: async () => {
      isStopped = true
      cancelTimer()
      await underWay
      settleWaiters(clock.monotonicMs())
      for (const { reject } of waiters) reject(closed())
      waiters.clear()
    },
  }
}
