import type { Attributes } from '../../otlp/points/point.ts'
import type { MetricsRecord } from './read-record.ts'
import type { Run, State } from './state.ts'

/** What a record begins. */
export interface Belonging {
  readonly run: Run
  /** The job has started anew: its counters begin anew. */
  readonly isOther: boolean
  /** They are another's metrics: all of their series are others. */
  readonly isOtherOwner: boolean
}

/** Another value where both have one; what is missing says nothing. */
const differ = (before: Attributes, after: Attributes) =>
  Object.entries(after).some(([name, value]) => Object.hasOwn(before, name) && before[name] !== value)

/**
 * The run that a record belongs to. What the record does not say of it is as it was.
 *
 * @param timeMs - of the record
 * @param startMs - when the record says that its run has started
 */
export const runOf = (
  { run, sinceMs, lastMs }: State,
  { start, owner }: MetricsRecord,
  { timeMs, startMs }: { readonly timeMs: number; readonly startMs: number | undefined },
): Belonging => {
  if (run === undefined) {
    const first = { start, startMs: Math.min(startMs ?? sinceMs, timeMs), owner }
    return { run: first, isOther: false, isOtherOwner: false }
  }
  const isOtherOwner = differ(run.owner, owner)
  const isOther = isOtherOwner || (run.start !== undefined && start !== undefined && run.start !== start)
  if (!isOther) {
    const known = { start: run.start ?? start, startMs: run.startMs, owner: { ...run.owner, ...owner } }
    return { run: known, isOther, isOtherOwner }
  }
  const next: Run = {
    start,
    // the counters of the last run ended with its last point
    startMs: Math.min(Math.max(startMs ?? lastMs, lastMs), timeMs),
    owner: isOtherOwner ? owner : { ...run.owner, ...owner },
  }
  return { run: next, isOther, isOtherOwner }
}
