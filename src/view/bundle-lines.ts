/**
 * All that is known of some runs, as a report holds it and as a server hands it over: lines of JSON, compressed. Each run
 * begins with a line of its own, its logbook entries follow.
 *
 * @module
 */
import type { LogbookEntry } from '../logbook/entry.ts'
import type { ReportHead } from './store/report.ts'

/** The line before the entries of a run. */
export interface RunLine {
  readonly k: 'run'
  readonly head: ReportHead
}

export type BundleLine = RunLine | LogbookEntry

/** How the text of a `RunLine` begins. */
export const runLineStart = '{"k":"run",'

/** The element of a report that holds the compressed lines, in base64. */
export const bundleElementId = 'taskbeat-bundle'
