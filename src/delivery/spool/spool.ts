import type { Clock } from '../../clock.ts'
import type { Signal } from '../../otlp/signals.ts'
import type { Batch } from '../batch.ts'

/** A batch on disk. */
export interface SpooledBatch extends Batch {
  /** Whether this process wrote it, or one that is gone. */
  readonly origin: 'own' | 'earlier'
}

/** What waits on disk for delivery, of one signal. */
export interface Waiting {
  readonly batches: number
  readonly items: number
  /** Of the requests, without what the format adds. */
  readonly bytes: number
  /** `acceptedAtMs` of the oldest batch. */
  readonly oldestAtMs: number | undefined
}

export interface SpoolOptions {
  /** It is made, with rights for its owner alone, when the first batch has to be written. */
  readonly dir: string
  /** Cap of all that this process is responsible for, own and taken over. */
  readonly maxBytes: number
  /** Batches that wait longer are dropped. */
  readonly maxAgeMs: number
  readonly clock: Clock
  /** Batches were dropped: the caps, or a record that cannot be read any more. */
  readonly onDropped: (signal: Signal, items: number, reason: string) => void
}

/** Batches on disk that wait for delivery, of this process and of those that are gone. */
export interface Spool {
  /**
   * Appends batches and syncs them; the order of calls is the order on disk.
   *
   * @throws what the disk says; none of the batches is then in the spool
   */
  readonly append: (batches: readonly Batch[]) => Promise<void>
  /**
   * The oldest batches of a signal that nobody has taken, own ones first; none if nothing waits. At least one if any
   * waits, and together no more than the limits.
   */
  readonly take: (
    signal: Signal,
    limits: { readonly maxBatches: number; readonly maxBytes: number },
  ) => Promise<readonly SpooledBatch[]>
  /** Taken batches are done with, delivered or dropped: no process delivers them again. */
  readonly settle: (batches: readonly SpooledBatch[]) => Promise<void>
  /** Taken batches wait again. */
  readonly putBack: (batches: readonly SpooledBatch[]) => void
  /** What waits or is taken, without what is settled. */
  readonly waiting: (signal: Signal, origin?: SpooledBatch['origin']) => Waiting
  /** Takes over what processes that are gone have left. Resolves when all of it can be taken. */
  readonly takeOver: () => Promise<void>
  /** Syncs, and leaves the rest to another process. Files without a waiting batch are removed. */
  readonly close: () => Promise<void>
}
