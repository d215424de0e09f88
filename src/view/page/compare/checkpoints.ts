import type { Overview, ShownCheckpoint } from '../../api.ts'

export interface CheckpointRow {
  readonly name: string
  /** A run each; undefined: that run has none of this name. */
  readonly cells: readonly (ShownCheckpoint | undefined)[]
}

/** Checkpoints of the same name side by side, in the order of the time that they came after the run's begin. */
export const checkpointRows = (
  runs: readonly { readonly beginMs: number; readonly checkpoints: readonly ShownCheckpoint[] }[],
): readonly CheckpointRow[] => {
  const rows = new Map<string, { afterMs: number; cells: (ShownCheckpoint | undefined)[] }>()
  runs.forEach(({ beginMs, checkpoints }, run) => {
    for (const checkpoint of checkpoints) {
      const afterMs = checkpoint.endMs - beginMs
      const row = rows.get(checkpoint.name) ?? { afterMs, cells: runs.map(() => undefined) }
      row.afterMs = Math.min(row.afterMs, afterMs)
      row.cells[run] = checkpoint
      rows.set(checkpoint.name, row)
    }
  })
  return [...rows]
    .toSorted(([, one], [, other]) => one.afterMs - other.afterMs)
    .map(([name, { cells }]) => ({ name, cells }))
}

export interface CheckpointSums {
  readonly count: number
  readonly sizeBytes: number
  /** Undefined where no checkpoint tells when it began. */
  readonly meanMs: number | undefined
  readonly longestMs: number | undefined
}

export const durationOf = ({ startMs, endMs }: ShownCheckpoint): number | undefined =>
  startMs === undefined ? undefined : Math.max(0, endMs - startMs)

/** What the complete checkpoints of a run have cost. */
export const checkpointSums = ({ checkpoints }: Pick<Overview, 'checkpoints'>): CheckpointSums => {
  const complete = checkpoints.filter(({ fault }) => fault === undefined)
  const durations = complete.flatMap((checkpoint) => durationOf(checkpoint) ?? [])
  const sum = durations.reduce((all, duration) => all + duration, 0)
  return {
    count: complete.length,
    sizeBytes: complete.reduce((all, { sizeBytes }) => all + sizeBytes, 0),
    meanMs: durations.length === 0 ? undefined : sum / durations.length,
    longestMs: durations.length === 0 ? undefined : Math.max(...durations),
  }
}
