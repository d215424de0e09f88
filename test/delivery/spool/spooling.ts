import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../../src/clock.ts'
import type { Batch } from '../../../src/delivery/batch.ts'
import { openSpool } from '../../../src/delivery/spool/open-spool.ts'
import type { Spool, SpooledBatch } from '../../../src/delivery/spool/spool.ts'
import type { Signal } from '../../../src/otlp/signals.ts'

export interface Dropped {
  readonly signal: Signal
  readonly items: number
  readonly reason: string
}

export interface SpoolInTest extends Spool {
  readonly dropped: readonly Dropped[]
}

/** A spool with room for everything, unless a test says otherwise. */
export const openTestSpool = (
  dir: string,
  {
    maxBytes = 2 ** 30,
    maxAgeMs = 7 * 86_400_000,
    clock = systemClock,
  }: { readonly maxBytes?: number; readonly maxAgeMs?: number; readonly clock?: Clock } = {},
): SpoolInTest => {
  const dropped: Dropped[] = []
  const onDropped = (signal: Signal, items: number, reason: string) => {
    dropped.push({ signal, items, reason })
  }
  return { ...openSpool({ dir, maxBytes, maxAgeMs, clock, onDropped }), dropped }
}

/** A batch whose request is a text. */
export const batchOf = (text: string, more: Partial<Batch> = {}): Batch => ({
  signal: 'traces',
  items: 1,
  bytes: Buffer.from(text),
  acceptedAtMs: Date.now(),
  ...more,
})

export const textOf = ({ bytes }: Pick<Batch, 'bytes'>): string => Buffer.from(bytes).toString()

export const noLimits = { maxBatches: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY }

export const takeTexts = async (spool: Spool, signal: Signal = 'traces'): Promise<readonly string[]> =>
  (await spool.take(signal, noLimits)).map(textOf)

/** Takes and settles all of a signal. */
export const deliverAll = async (
  spool: Spool,
  signal: Signal = 'traces',
): Promise<readonly SpooledBatch[]> => {
  const batches = await spool.take(signal, noLimits)
  await spool.settle(batches)
  return batches
}

/** Paths below a directory, in order; none if it is not there. */
export const pathsBelow = async (dir: string): Promise<readonly string[]> => {
  try {
    return (await readdir(dir, { recursive: true })).toSorted()
  } catch {
    return []
  }
}

/** The one directory that an owner has in a spool. */
export const onlyDirectory = async (dir: string): Promise<string> => {
  const names = await readdir(dir)
  const [name] = names
  if (name === undefined || names.length > 1) throw new Error(`not one directory: ${names.join(' ')}`)
  return join(dir, name)
}

/** The files of records below a directory. */
export const segmentsBelow = async (dir: string): Promise<readonly string[]> =>
  (await pathsBelow(dir)).filter((path) => path.endsWith('.spool')).map((path) => join(dir, path))

/** What a process that has a spool leaves to others when it is killed now. */
export const snapshotOf = async (dir: string, to: string): Promise<void> => {
  await cp(await onlyDirectory(dir), join(to, 'closed-0123456789abcdef'), { recursive: true })
}
