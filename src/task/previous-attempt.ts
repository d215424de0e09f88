import { systemClock } from '../clock.ts'
import type { Screen } from '../terminal/screen.ts'
import { type AttemptNotes, readAttemptFile } from './attempt-file.ts'
import { endLeftover } from './leftover.ts'

/** Time for a command whose supervisor was killed to end. */
const leftoverGraceMs = 10_000

/**
 * What the previous attempt has noted. A command of it that still runs, as its supervisor was killed, ends now: two of
 * them would write the same checkpoints.
 */
export const settlePrevious = async (
  resultsDir: string,
  screen: Screen,
): Promise<AttemptNotes | undefined> => {
  const notes = readAttemptFile(resultsDir)
  if (notes?.ended === undefined) {
    const tell = (text: string) => screen.line(`taskbeat: ${text}`)
    await endLeftover(notes, { clock: systemClock, graceMs: leftoverGraceMs, tell })
  }
  return notes
}
