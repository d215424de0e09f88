/**
 * The gate: is a checkpoint complete? Snapshots in, verdict out.
 *
 * A time of change alone tells nothing, as it may be another machine's: `unchangedMs` is what was seen by our own
 * clock, between two looks.
 */
import type { Tree } from './tree.ts'

/** Whether the writer may still write. `crashed`: it ended, and not well. */
export type Phase = 'running' | 'ended-well' | 'crashed'

/**
 * What the marker says. `final`: it is there, and is always the last to be written. `present`: it is there, others
 * may follow it. `missing`: it is not there yet. `passed`: DeepSpeed went on to a later checkpoint. `none`: there is
 * no marker to go by.
 */
export type MarkerState = 'final' | 'present' | 'missing' | 'passed' | 'none'

export interface Evidence {
  readonly tree: Pick<Tree, 'sizeBytes' | 'writerFile' | 'lockFile' | 'unreadable'>
  /** For how long nothing of it has changed, in milliseconds. */
  readonly unchangedMs: number
  readonly marker: MarkerState
  /** Its name says that it is not complete. */
  readonly isTemporary: boolean
  /** The training said that it is complete. */
  readonly isDeclared: boolean
  /** An earlier attempt may have ended in the middle of it, and it has not changed since. */
  readonly isLeftOver: boolean
  /** It is written again and again under its name: only the last version counts, and only the end shows which. */
  readonly isRewritten: boolean
}

export type Lack =
  | 'temporary'
  | 'unreadable'
  | 'empty'
  | 'left-over'
  | 'writer-file'
  | 'lock'
  | 'no-marker'
  | 'unsettled'
  | 'torn'
  | 'rewritten'

export type Verdict =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'incomplete'
      readonly lack: Lack
      /** It still changes: somebody writes it. */
      readonly isSaving: boolean
      /** Waiting longer will not do: people should know. */
      readonly isOverdue: boolean
    }

/** After a marker that others may follow, so long must be quiet, in milliseconds; less if `quietMs` is less. */
export const AFTER_MARKER_MS = 2_000

/** When nothing has changed for so long, in milliseconds, what is incomplete will stay so. */
const overdueAfter = (quietMs: number) => Math.max(60_000, 10 * quietMs)

const lackWithoutMarker = (
  { tree, unchangedMs }: Evidence,
  { phase, quietMs }: { phase: Phase; quietMs: number },
): Lack | undefined => {
  const isQuiet = unchangedMs >= quietMs
  if (phase === 'crashed' && !isQuiet) return 'torn'
  if (tree.writerFile !== undefined) return 'writer-file'
  if (phase !== 'running') return undefined
  // some libraries leave their locks behind: only as long as somebody may hold it does one count
  if (tree.lockFile !== undefined) return 'lock'
  return isQuiet ? undefined : 'unsettled'
}

const findLack = (evidence: Evidence, when: { phase: Phase; quietMs: number }): Lack | undefined => {
  const { tree, unchangedMs, marker, isTemporary, isDeclared, isLeftOver, isRewritten } = evidence
  const { phase, quietMs } = when
  if (tree.unreadable !== undefined) return 'unreadable'
  if (isTemporary && !isDeclared) return 'temporary'
  if (tree.sizeBytes === 0) return 'empty'
  if (isDeclared) return undefined
  if (isRewritten && phase === 'running') return 'rewritten'
  // what is written over has its marker from the time before
  if (!isRewritten && marker === 'final') return undefined
  if (!isRewritten && marker === 'present') {
    const isSettled = unchangedMs >= Math.min(AFTER_MARKER_MS, quietMs)
    return isSettled || phase !== 'running' ? undefined : 'unsettled'
  }
  if (isLeftOver) return 'left-over'
  if (marker === 'missing' && phase === 'running') return 'no-marker'
  if (marker === 'missing' && phase === 'crashed') return 'torn'
  return lackWithoutMarker(evidence, when)
}

/** Lacks that time may cure, though it should not take much of it. */
const curable: ReadonlySet<Lack> = new Set([
  'temporary',
  'unreadable',
  'empty',
  'writer-file',
  'lock',
  'no-marker',
])

/**
 * Judges one checkpoint.
 *
 * @param quietMs - how long one without a marker must not have changed, in milliseconds
 */
export const judgeCheckpoint = (
  evidence: Evidence,
  { phase, quietMs }: { readonly phase: Phase; readonly quietMs: number },
): Verdict => {
  const lack = findLack(evidence, { phase, quietMs })
  if (lack === undefined) return { kind: 'complete' }
  const { unchangedMs, isDeclared } = evidence
  const isRunning = phase === 'running'
  return {
    kind: 'incomplete',
    lack,
    isSaving: isRunning && lack !== 'left-over' && unchangedMs < quietMs,
    isOverdue:
      !isRunning ||
      lack === 'left-over' ||
      isDeclared ||
      (curable.has(lack) && unchangedMs >= overdueAfter(quietMs)),
  }
}
