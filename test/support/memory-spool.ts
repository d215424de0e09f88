import type { Batch } from '../../src/delivery/batch.ts'
import type { Spool, SpooledBatch, Waiting } from '../../src/delivery/spool/spool.ts'
import { type Signal, signals } from '../../src/otlp/signals.ts'

type Origin = SpooledBatch['origin']
type Call = 'append' | 'take' | 'settle' | 'takeOver' | 'close'

export interface MemorySpoolOptions {
  /** What processes that are gone have left; it is there after `takeOver`. */
  readonly earlier?: readonly Batch[]
  /** Is awaited before a call does anything: it may throw, as a disk does, or never end. */
  readonly before?: (call: Call) => Promise<void> | void
}

export interface MemorySpool extends Spool {
  /** What is not settled, in the order of delivery. */
  readonly left: () => readonly SpooledBatch[]
  readonly isTakenOver: () => boolean
  /** Appends that succeeded, in their order. */
  readonly appended: () => readonly (readonly Batch[])[]
}

interface Row {
  records: Set<SpooledBatch>
  items: number
  bytes: number
}

const emptyRow = (): Row => ({ records: new Set(), items: 0, bytes: 0 })
const emptyRows = () => ({ traces: emptyRow(), metrics: emptyRow(), logs: emptyRow() })

/** A spool that promises what the one on disk does, in memory: calls are done one after the other. */
export const memorySpool = ({ earlier = [], before = () => {} }: MemorySpoolOptions = {}): MemorySpool => {
  const rows: Record<Origin, Record<Signal, Row>> = { own: emptyRows(), earlier: emptyRows() }
  const taken = new Set<SpooledBatch>()
  const appended: (readonly Batch[])[] = []
  let isClosed = false
  let isTakenOver = false
  let lastTurn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(call: Call | undefined, act: () => T): Promise<T> => {
    const done = lastTurn.then(() => call && before(call)).then(act)
    lastTurn = done.catch(() => undefined)
    return done
  }
  const rowsOf = (signal: Signal, origin?: Origin) =>
    origin ? [rows[origin][signal]] : [rows.own[signal], rows.earlier[signal]]

  const add = (batches: readonly Batch[], origin: Origin) => {
    for (const batch of batches) {
      const row = rows[origin][batch.signal]
      row.records.add({ ...batch, origin })
      row.items += batch.items
      row.bytes += batch.bytes.length
    }
  }
  const waitingIn = (signal: Signal, origin?: Origin): Waiting => {
    const of = rowsOf(signal, origin)
    const times = of.flatMap(({ records }) =>
      [...records.values().take(1)].map(({ acceptedAtMs }) => acceptedAtMs),
    )
    return {
      batches: of.reduce((sum, { records }) => sum + records.size, 0),
      items: of.reduce((sum, { items }) => sum + items, 0),
      bytes: of.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestAtMs: times.length > 0 ? Math.min(...times) : undefined,
    }
  }

  return {
    append: (batches) =>
      inTurn('append', () => {
        if (isClosed) throw new Error('the spool is closed')
        appended.push(batches)
        add(batches, 'own')
      }),
    take: (signal, { maxBatches, maxBytes }) =>
      inTurn('take', () => {
        const chosen: SpooledBatch[] = []
        let bytes = 0
        for (const { records } of isClosed ? [] : rowsOf(signal))
          for (const batch of records) {
            if (taken.has(batch)) continue
            bytes += batch.bytes.length
            if (chosen.length > 0 && (chosen.length >= maxBatches || bytes > maxBytes)) return chosen
            taken.add(batch)
            chosen.push(batch)
          }
        return chosen
      }),
    // what cannot be marked is settled for this process all the same
    settle: async (batches) => {
      await inTurn(undefined, () => {
        if (isClosed) return
        for (const batch of batches) {
          const row = rows[batch.origin][batch.signal]
          if (!row.records.delete(batch)) continue
          row.items -= batch.items
          row.bytes -= batch.bytes.length
        }
      })
      await inTurn('settle', () => {})
    },
    putBack: (batches) => {
      for (const batch of batches) taken.delete(batch)
    },
    waiting: waitingIn,
    takeOver: () =>
      inTurn('takeOver', () => {
        if (!isTakenOver) add(earlier, 'earlier')
        isTakenOver = true
      }),
    isTakenOver: () => isTakenOver,
    close: () =>
      inTurn('close', () => {
        isClosed = true
      }),
    left: () =>
      (['own', 'earlier'] as const).flatMap((origin) =>
        signals.flatMap((signal) => [...rows[origin][signal].records]),
      ),
    appended: () => appended,
  }
}
