/**
 * What all parts of the page share: which span of time is looked at, and which moment. Parts read and set these signals,
 * and nothing else of one another.
 *
 * @module
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { Overview, Range, RunData } from '../api.ts'

/** A run as the parts of the page have it. */
export interface RunView {
  /** Its place among the runs that are looked at. */
  readonly index: number
  readonly data: RunData
  readonly overview: ReadonlySignal<Overview>
}

/** The span of time that everything is narrowed to; undefined: all of it. */
export const selection = signal<Range | undefined>(undefined)

/** The moment that is pointed at, in milliseconds since 1970; all parts that have a time axis show it. */
export const cursorMs = signal<number | undefined>(undefined)

/** The moment to be looked at: whoever sets it (a log line, a span, a finding) makes all parts move to it. */
export const momentMs = signal<number | undefined>(undefined)

/** What is shown of a run's time. */
export const shownRange = ({ overview }: RunView): Range => selection.value ?? overview.value.range

/** Narrows everything to a span of time of at least a millisecond. */
export const select = ({ fromMs, toMs }: Range): void => {
  selection.value = { fromMs: Math.min(fromMs, toMs), toMs: Math.max(fromMs + 1, toMs, fromMs) }
}

/** Narrows to `factor` of what is shown (above 1: widens), about `aroundMs`, within the run. */
export const zoom = (run: RunView, factor: number, aroundMs: number): void => {
  const { fromMs, toMs } = shownRange(run)
  const all = run.overview.value.range
  const from = Math.max(all.fromMs, aroundMs - (aroundMs - fromMs) * factor)
  const to = Math.min(all.toMs, aroundMs + (toMs - aroundMs) * factor)
  const isAll = from <= all.fromMs && to >= all.toMs
  selection.value = isAll ? undefined : { fromMs: from, toMs: Math.max(to, from + 1) }
}
