/**
 * The attempt file, `<results>/.taskbeat/attempt.json`: what a later attempt wants to know of this one, and the
 * progress file and its journal do not tell.
 *
 * Invariants:
 * - It is replaced whole: a reader sees the notes of one moment.
 * - It describes the last attempt only; the next one reads it before writing its own.
 * - Nothing depends on it: unreadable, torn or foreign, it is as if it were not there. A member that is not what it
 *   should be is left out.
 *
 * Read before the workload is started, so by hand: a library to do it would take longer to load.
 */
import { dirname, join } from 'node:path'
import { isJsonObject } from '../json.ts'
import { makeDirectory } from '../make-directory.ts'
import { type ProcessIdentity, parseIdentity } from '../processes/identity.ts'
import { readWhole, writeWhole, writeWholeSync } from '../whole-file.ts'

/** What an attempt notes of itself. */
export interface AttemptNotes {
  readonly version: 1
  readonly runId: string
  /** 1 for the first life of the run. */
  readonly attempt: number
  /** RFC 3339. */
  readonly startedAt: string
  /** Its span, for a link (W3C Trace Context). */
  readonly traceparent?: string
  /** The last step that was seen. */
  readonly step?: number
  /** The last checkpoint that was announced, by this attempt or, as long as it has none, an earlier one. */
  readonly checkpoint?: CheckpointNote
  /** The workload's process, absent as long as there is none. */
  readonly process?: WorkloadProcess
  /** Absent if it runs, or was killed. */
  readonly ended?: AttemptEnd
}

export interface CheckpointNote {
  readonly name: string
  readonly step?: number
}

export interface WorkloadProcess extends ProcessIdentity {
  /** Its process group. */
  readonly groupId: number
}

export interface AttemptEnd {
  /** RFC 3339. */
  readonly at: string
  readonly exitStatus: number
  /** The verdict, in a sentence. */
  readonly text: string
}

/** Where the attempt file of a results directory is. */
export const attemptPath = (resultsDir: string) => join(resultsDir, '.taskbeat', 'attempt.json')

const isText = (value: unknown): value is string => typeof value === 'string'
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const parseCheckpoint = (value: unknown): CheckpointNote | undefined => {
  if (!isJsonObject(value)) return undefined
  const { name, step } = value
  return isText(name) ? { name, ...(isCount(step) && { step }) } : undefined
}

const parseWorkloadProcess = (value: unknown): WorkloadProcess | undefined => {
  const identity = parseIdentity(value)
  const groupId = isJsonObject(value) ? value.groupId : undefined
  return identity && isCount(groupId) ? { ...identity, groupId } : undefined
}

const parseEnd = (value: unknown): AttemptEnd | undefined => {
  if (!isJsonObject(value)) return undefined
  const { at, exitStatus, text } = value
  return isText(at) && isCount(exitStatus) && isText(text) ? { at, exitStatus, text } : undefined
}

/** The notes in the text of an attempt file; undefined if it does not say which attempt they are of. */
export const parseAttemptNotes = (text: string): AttemptNotes | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { version, runId, attempt, startedAt, traceparent, step } = value
  if (version !== 1 || !isText(runId) || !isCount(attempt) || !isText(startedAt)) return undefined
  const checkpoint = parseCheckpoint(value.checkpoint)
  const process = parseWorkloadProcess(value.process)
  const ended = parseEnd(value.ended)
  return {
    version,
    runId,
    attempt,
    startedAt,
    ...(isText(traceparent) && { traceparent }),
    ...(isCount(step) && { step }),
    ...(checkpoint && { checkpoint }),
    ...(process && { process }),
    ...(ended && { ended }),
  }
}

/** What the last attempt in a results directory has left; undefined if there is none, or nothing that can be read. */
export const readAttemptFile = (resultsDir: string): AttemptNotes | undefined => {
  try {
    return parseAttemptNotes(readWhole(attemptPath(resultsDir)) ?? '')
  } catch {
    // a directory or a pipe in its place, or somebody else's
    return undefined
  }
}

const notesText = (notes: AttemptNotes) => `${JSON.stringify(notes)}\n`

/**
 * Replaces the attempt file. Two calls must not overlap: the later one might be overtaken.
 *
 * @throws what the disk says, as a rejection
 */
export const writeAttemptFile = async (resultsDir: string, notes: AttemptNotes): Promise<void> => {
  const path = attemptPath(resultsDir)
  makeDirectory(dirname(path))
  await writeWhole(path, notesText(notes), false)
}

/**
 * As `writeAttemptFile`, before it returns.
 *
 * @throws what the disk says
 */
export const writeAttemptFileSync = (resultsDir: string, notes: AttemptNotes): void => {
  const path = attemptPath(resultsDir)
  makeDirectory(dirname(path))
  writeWholeSync(path, notesText(notes), false)
}

/**
 * How many steps an attempt had done that no checkpoint has kept. Undefined if it did not tell of steps, or its last
 * checkpoint did not.
 */
export const stepsLost = (previous: AttemptNotes | undefined): number | undefined => {
  const { step, checkpoint } = previous ?? {}
  return step === undefined || checkpoint?.step === undefined
    ? undefined
    : Math.max(0, step - checkpoint.step)
}
