import type { Clock } from '../../clock.ts'
import { attempt, showLife } from './disk.ts'

/** How often the owner of a directory shows others that it lives. */
const beatMs = 15_000

/** The directories that are this process's, own and taken over. */
export interface Holdings {
  readonly add: (directory: string) => void
  readonly remove: (directory: string) => void
  readonly all: () => readonly string[]
  /** Whether there ever was one. */
  readonly hadAny: () => boolean
  /** Resolves when nothing is written any more. */
  readonly stop: () => Promise<void>
}

/** Keeps directories, and shows life in them as long as there are any. */
export const makeHoldings = (clock: Clock): Holdings => {
  const held = new Set<string>()
  let cancel: (() => void) | undefined
  let isStopped = false
  let hadAny = false
  let beating: Promise<void> = Promise.resolve()

  const beat = async () => {
    for (const directory of held) await attempt(() => showLife(directory))
    cancel = undefined
    arm()
  }
  const arm = () => {
    if (isStopped || cancel || held.size === 0) return
    cancel = clock.after(beatMs, () => {
      beating = beat()
    })
  }
  return {
    add: (directory) => {
      held.add(directory)
      hadAny = true
      arm()
    },
    remove: (directory) => {
      held.delete(directory)
    },
    all: () => [...held],
    hadAny: () => hadAny,
    stop: async () => {
      isStopped = true
      cancel?.()
      await beating
    },
  }
}
