import type { Clock } from '../clock.ts'
import type { TrainingState } from '../workload-events.ts'
import { type AttemptNotes, type CheckpointNote, writeAttemptFile } from './attempt-file.ts'

/** Least time between two writes for a step alone: what a restart reads may be so much out of date. */
const stepPauseMs = 10_000

export interface NoteKeeper {
  readonly step: (state: TrainingState) => void
  readonly checkpoint: (checkpoint: CheckpointNote) => void
  /** The last write; resolves when it is on the disk, or the disk has refused. */
  readonly end: (ended: NonNullable<AttemptNotes['ended']>) => Promise<void>
  readonly notes: () => AttemptNotes
}

/** Keeps the attempt file, in which `first` stands, up to date; a disk that refuses costs a later attempt what it would have told. */
export const keepNotes = (
  resultsDir: string,
  first: AttemptNotes,
  clock: Clock,
  write = writeAttemptFile,
): NoteKeeper => {
  let notes = first
  let last: Promise<void> = Promise.resolve()
  let isDue = false
  let isPlanned = false
  const save = () => {
    // whoever waits for its turn writes what is known then
    if (isDue) return last
    isDue = true
    last = last.then(async () => {
      isDue = false
      await write(resultsDir, notes).catch(() => undefined)
    })
    return last
  }
  let writtenMs = clock.monotonicMs()
  return {
    step: ({ step }) => {
      if (step === undefined || step === notes.step) return
      notes = { ...notes, step }
      if (isPlanned) return
      isPlanned = true
      const pauseMs = Math.max(0, writtenMs + stepPauseMs - clock.monotonicMs())
      clock.after(pauseMs, () => {
        isPlanned = false
        writtenMs = clock.monotonicMs()
        void save()
      })
    },
    checkpoint: (checkpoint) => {
      notes = { ...notes, checkpoint }
      void save()
    },
    end: (ended) => {
      notes = { ...notes, ended }
      return save()
    },
    notes: () => notes,
  }
}
