import type { Clock } from '../../src/clock.ts'
import type { Disk } from '../../src/progress/file.ts'

/** Files in memory, which outlive the processes that write them. */
export type Files = Map<string, string>

/** What happens to the writes of a process from now on. */
export interface Fate {
  /** Writes until the process dies, the last of them included. */
  writesLeft: number
  /** How much of the last write still reaches the disk, from 0 to 1; whole-file writes are all or nothing. */
  lastWriteShare: number
  /** Writes that the disk refuses before it takes them again. */
  refusals: number
}

class Death extends Error {}

export interface MortalProcess {
  readonly disk: Disk
  readonly clock: Clock
  readonly fate: Fate
  readonly isDead: () => boolean
  /** Ends it from outside, between two writes. */
  readonly kill: () => void
}

const never = new Promise<never>(() => {})

/** One life of a program: its disk and its clock stop working the moment it dies. */
export const mortalProcess = (files: Files, time: Clock, onWhole: (path: string) => void): MortalProcess => {
  const fate: Fate = { writesLeft: Number.POSITIVE_INFINITY, lastWriteShare: 1, refusals: 0 }
  let isDead = false

  /** Does as much of a write as fate allows; throws as the disk would, or as a dying process. */
  const write = (apply: (share: number) => void) => {
    if (isDead) throw new Death()
    if (fate.refusals > 0) {
      fate.refusals -= 1
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    fate.writesLeft -= 1
    if (fate.writesLeft > 0) return apply(1)
    isDead = true
    apply(fate.lastWriteShare)
    throw new Death()
  }

  const whole = (path: string, text: string) =>
    write((share) => {
      if (share < 0.5) return
      files.set(path, text)
      onWhole(path)
    })

  const dying = async (act: () => void): Promise<void> => {
    try {
      act()
    } catch (error) {
      if (error instanceof Death) return never
      throw error
    }
    await Promise.resolve()
  }

  return {
    fate,
    isDead: () => isDead,
    kill: () => {
      isDead = true
    },
    disk: {
      makeDirectory: () => {},
      read: (path) => files.get(path),
      copy: (from, to) => files.set(to, files.get(from) ?? ''),
      writeWholeSync: whole,
      writeWhole: (path, text) => dying(() => whole(path, text)),
      append: (path, text) =>
        dying(() =>
          write((share) => {
            files.set(path, (files.get(path) ?? '') + text.slice(0, Math.ceil(text.length * share)))
          }),
        ),
      removeUnfinished: () => {},
      claim: () => ({ kind: 'ours', release: () => {} }),
    },
    clock: {
      ...time,
      after: (delayMs, wake) => time.after(delayMs, () => !isDead && wake()),
    },
  }
}
