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
  /** `acceptedAtMs` of the batch that comes first, of own and of earlier ones; of others it may be a little less. */
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
   * waits, and together no more than the limits. What cannot be read is dropped and counted; if only descriptors or
   * memory are short, it goes on waiting, and none may come.
   */
  readonly take: (
    signal: Signal,
    limits: { readonly maxBatches: number; readonly maxBytes: number },
  ) => Promise<readonly SpooledBatch[]>
  /**
   * Taken batches are done with, delivered or dropped: no process delivers them again. They are known by identity: it
   * must be the objects that `take` gave, here and in `putBack`. Never rejects for what the disk says.
   */
  readonly settle: (batches: readonly SpooledBatch[]) => Promise<void>
  /** Taken batches wait again; those whose file a cap has removed meanwhile are dropped and counted. */
  readonly putBack: (batches: readonly SpooledBatch[]) => void
  /** What waits or is taken, without what is settled. */
  readonly waiting: (signal: Signal, origin?: SpooledBatch['origin']) => Waiting
  /**
   * Takes over what processes that are gone have left. Resolves when all of it can be taken. One that was killed in
   * another container or on another machine counts as gone after 60 s, so it is worth a second call.
   *
   * @throws what the disk says of `dir` itself; what it says of a part of it keeps nobody from the rest
   */
  readonly takeOver: () => Promise<void>
  /**
   * Syncs, and leaves the rest, also what is taken, to another process, which need not wait for it. Files without a
   * waiting batch are removed. Nothing can be appended, taken or settled after it.
   */
  readonly close: () => Promise<void>
}
