import type { Exporter } from '../exporter.ts'
import { recordExporter } from './record-exporter.ts'
import type { ExportRecord } from './records.ts'

export interface MemoryExporterOptions {
  /** So many records are kept: the newest ones. @default 100000 */
  readonly mostRecords?: number
  /** For messages. @default 'memory' */
  readonly name?: string
}

/** For tests: keeps what was recorded. */
export interface MemoryExporter extends Exporter {
  /** In the order in which they came. */
  readonly records: readonly ExportRecord[]
  /** How many older ones were dropped to make room. */
  readonly droppedRecords: number
  /** Forgets all. */
  readonly clear: () => void
}

/** An exporter that keeps the newest records in memory, for tests. */
export const memoryExporter = ({
  mostRecords = 100_000,
  name = 'memory',
}: MemoryExporterOptions = {}): MemoryExporter => {
  let records: ExportRecord[] = []
  let droppedRecords = 0
  return {
    ...recordExporter(name, (record) => {
      records.push(record)
      // twice as many now and then, in place of moving all for each
      if (records.length < 2 * mostRecords) return
      droppedRecords += records.length - mostRecords
      records = records.slice(-mostRecords)
    }),
    get records() {
      return records.slice(-mostRecords)
    },
    get droppedRecords() {
      return droppedRecords + Math.max(0, records.length - mostRecords)
    },
    clear: () => {
      records = []
      droppedRecords = 0
    },
    close: () => {},
  }
}
