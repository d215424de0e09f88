import { splitRequest } from '../otlp/request.ts'
import type { Batch } from './batch.ts'
import type { SpooledBatch } from './spool/spool.ts'

/** A batch that was read from disk: it may be on its way in pieces, and is settled when all are through. */
export interface Source {
  readonly spooled: SpooledBatch
  pieces: number
}

/** A batch in memory, on its way. */
export interface Entry {
  readonly batch: Batch
  /** Its place in the queue: the lower, the earlier. */
  readonly order: number
  /** So many batches may be in one request with it: with more it was refused. */
  readonly mostTogether: number
  /** Where it comes from, if that is the disk. */
  readonly source: Source | undefined
}

/** An entry that may be joined with any number of others. */
export const makeEntry = (batch: Batch, order: number, source?: Source): Entry => ({
  batch,
  order,
  mostTogether: Number.POSITIVE_INFINITY,
  source,
})

export const itemsOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { batch }) => sum + batch.items, 0)

export const bytesOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { batch }) => sum + batch.bytes.length, 0)

/** Whether it is all of a batch on disk, so that it can simply stay there. */
export const isWholeOnDisk = ({ source, batch }: Entry): boolean => source?.spooled === batch

/** Whether this process made it. */
export const isOwn = ({ source }: Entry): boolean => source?.spooled.origin !== 'earlier'

/** A batch in pieces of no more than so many bytes, as far as it can be split. */
export const splitToFit = (batch: Batch, mostBytes: number): readonly Batch[] => {
  const parts = batch.bytes.length > mostBytes ? splitRequest(batch.signal, batch.bytes) : undefined
  return parts?.flatMap((part) => splitToFit({ ...batch, ...part }, mostBytes)) ?? [batch]
}

/** Two of one, in its place; undefined if it is a single item. */
export const splitInTwo = ({ batch, order, mostTogether, source }: Entry): readonly Entry[] | undefined => {
  const parts = splitRequest(batch.signal, batch.bytes)
  if (!parts) return undefined
  if (source) source.pieces += 1
  const { signal, acceptedAtMs } = batch
  return parts.map((part) => ({
    batch: { signal, acceptedAtMs, ...part },
    order,
    mostTogether,
    source,
  }))
}
