import type { SentResult } from '../../progress/contract.ts'
import { writeJson } from './json-text.ts'

/** A result that the control plane got; in a timeline with the time since the worker began, as a duration of Go's. */
export type Sent = SentResult & { readonly at?: string }

/**
 * What the worker makes of a sequence of documents, or of a timeline.
 *
 * @see shared/conformance/README.md of this project
 */
export interface Verdict {
  /** `running`: nothing fatal so far. */
  readonly outcome: 'running' | 'completed' | 'errored'
  /** Index of the document that completed or failed the task. */
  readonly atDocument: number | null
  /** In a timeline that ended: when, since the worker began. */
  readonly atTime?: string
  /** In the worker's words. */
  readonly error: string | null
  readonly sent: readonly Sent[]
}

/** The verdict as JSON text, with the members in the order of the public ones. */
export const writeVerdict = ({ outcome, atDocument, atTime, error, sent }: Verdict): string => {
  const time = atTime === undefined ? '' : `"atTime":"${atTime}",`
  const results = sent.map(writeSent).join(',')
  return `{"outcome":"${outcome}","atDocument":${atDocument},${time}"error":${JSON.stringify(error)},"sent":[${results}]}`
}

const writeSent = ({ at, name, percentComplete, status, metadata }: Sent): string => {
  const time = at === undefined ? '' : `"at":"${at}",`
  return `{${time}"name":${JSON.stringify(name)},"percentComplete":${percentComplete},"status":"${status}","metadata":${writeJson(metadata)}}`
}
