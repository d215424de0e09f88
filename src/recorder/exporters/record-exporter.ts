import type { Exporter } from '../exporter.ts'
import { dataErrorRecord, type ExportRecord, spanEventRecord, startRecord, stopRecord } from './records.ts'

/** An exporter of records, which somebody keeps or writes. All that it lacks is a `close`. */
export const recordExporter = (
  name: string,
  take: (record: ExportRecord) => void,
): Omit<Exporter, 'close'> => {
  let runId: string | undefined
  return {
    name,
    initialize: (host) => {
      runId = host.runId
    },
    exportStart: (exported) => take(startRecord(exported, runId)),
    exportStop: (exported) => take(stopRecord(exported, runId)),
    exportEvent: (exported, event) => take(spanEventRecord('event', exported, event, runId)),
    exportError: (exported, event) => take(spanEventRecord('application_error', exported, event, runId)),
    exportTelemetryDataError: (event) => take(dataErrorRecord(event, runId)),
  }
}
