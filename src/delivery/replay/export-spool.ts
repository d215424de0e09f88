import { openJsonLines } from '../../otlp/json-lines.ts'
import { longestLineBytes, requestLines } from '../../otlp/request-lines.ts'
import { type Signal, signals } from '../../otlp/signals.ts'
import type { Spool } from '../spool/spool.ts'

export interface ExportOptions {
  /** Nothing is settled: when it is closed, all of it waits as before. */
  readonly spool: Pick<Spool, 'take'>
  /** Made if it is not there; it must have none of the files yet. */
  readonly directory: string
  /** Aborted to end early. */
  readonly stop: AbortSignal
  /** So many items of a signal more are written. */
  readonly onWritten: (signal: Signal, items: number) => void
}

export interface Exported {
  /** Batches that are no requests. */
  readonly unreadable: number
  /** Lines that are longer than the Collector reads unless told to: single items. */
  readonly longLines: number
}

const mostBatchesTaken = 64
const mostBytesTaken = 2 ** 20

const linesOf = (signal: Signal, bytes: Uint8Array) => {
  try {
    return requestLines(signal, bytes)
  } catch {
    return undefined
  }
}

/**
 * Writes what waits in a spool as OTLP JSON lines, `traces.jsonl`, `metrics.jsonl` and `logs.jsonl`, in the order of
 * delivery.
 *
 * @throws what the disk says: `EEXIST` if one of the files is there already
 */
export const exportSpool = async ({
  spool,
  directory,
  stop,
  onWritten,
}: ExportOptions): Promise<Exported> => {
  let trouble: Error | undefined
  let unreadable = 0
  let longLines = 0
  const onTrouble = (error: Error) => {
    trouble = error
  }
  const files = openJsonLines({ directory, existing: 'keep', onTrouble })
  const isOver = () => stop.aborted || trouble !== undefined
  const take = (signal: Signal) =>
    spool.take(signal, { maxBatches: mostBatchesTaken, maxBytes: mostBytesTaken })
  try {
    for (const signal of signals) {
      for (let batches = await take(signal); batches.length > 0 && !isOver(); batches = await take(signal)) {
        for (const { bytes, items } of batches) {
          const lines = linesOf(signal, bytes)
          for (const line of lines ?? []) {
            if (Buffer.byteLength(line) > longestLineBytes) longLines += 1
            await files.write(signal, line)
          }
          if (lines) onWritten(signal, items)
          else unreadable += 1
        }
      }
    }
  } finally {
    await files.close()
  }
  if (trouble) throw trouble
  return { unreadable, longLines }
}
