import type { Clock } from '../../clock.ts'
import { type Signal, signals } from '../../otlp/signals.ts'
import type { Sender } from '../sender.ts'
import type { Spool } from '../spool/spool.ts'
import type { Counter } from '../tally.ts'
import { type JoinLimits, joinLimits, replaySignal, type SignalEnd } from './replay-signal.ts'

/** Where the batches of one signal go. */
export interface ReplayRoute {
  readonly sender: Sender
  /** The deadline of one attempt, in milliseconds. */
  readonly timeoutMs: number
}

export interface ReplayOptions {
  readonly spool: Pick<Spool, 'append' | 'take' | 'settle' | 'putBack' | 'waiting'>
  /** `undefined`: it goes nowhere, and stays on disk. */
  readonly send: (signal: Signal) => ReplayRoute | undefined
  /** Get what is `replayed`, `retried` and dropped; they tell of progress too. */
  readonly counters: Readonly<Record<Signal, Counter>>
  /** @default 2,048 items, 1 MiB */
  readonly limits?: JoinLimits
  /** How long a signal goes on without an answer, in milliseconds. */
  readonly giveUpAfterMs: number
  /** Aborted to end early; the reason is the name of a signal. */
  readonly stop: AbortSignal
  /** The disk did not do what it had to: what it then means. @default nobody is told */
  readonly onTrouble?: (message: string) => void
  readonly clock: Clock
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number
}

/**
 * Delivers what waits in a spool, all signals at once, and settles each batch when it is through. Resolves when nothing
 * is left, or when what is left has to stay; it is then in the spool as before. Never rejects.
 */
export const replaySpool = async (options: ReplayOptions): Promise<Readonly<Record<Signal, SignalEnd>>> => {
  const { spool, send, counters, limits = joinLimits, random = Math.random, onTrouble = () => {} } = options
  const { giveUpAfterMs, stop, clock } = options
  const replay = async (signal: Signal): Promise<readonly [Signal, SignalEnd]> => {
    if (spool.waiting(signal).batches === 0) return [signal, { kind: 'through' }]
    const route = send(signal)
    if (!route) return [signal, { kind: 'left', reason: 'no destination' }]
    const counter = counters[signal]
    const shared = { spool, counter, limits, giveUpAfterMs, stop, onTrouble, clock, random }
    return [signal, await replaySignal({ signal, ...route, ...shared })]
  }
  const ends = await Promise.all(signals.map(replay))
  return Object.fromEntries(ends) as Record<Signal, SignalEnd>
}
