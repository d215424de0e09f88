import type { createWorkloadEntries } from './workload-entries.ts'

/** While a file system does not answer, what happens meanwhile has no end. */
const mostWaiting = 10_000

export type Entries = ReturnType<typeof createWorkloadEntries>

/**
 * What turns events into entries is loaded with the first of them, as many a command ends without any; until it is
 * there, what is to be done waits.
 */
export const createLateEntries = (load: () => Promise<Entries>) => {
  let entries: Entries | undefined
  let loading: Promise<void> | undefined
  let waiting: ((entries: Entries) => void)[] = []
  const loadOnce = async () => {
    const loaded = await load()
    for (const act of waiting) act(loaded)
    waiting = []
    entries = loaded
  }
  return {
    do: (act: (entries: Entries) => void) => {
      if (entries) return act(entries)
      if (waiting.length < mostWaiting) waiting.push(act)
      // without it there is a logbook without them
      loading ??= loadOnce().catch(() => undefined)
    },
    /** Does the last thing, if there was any before it; resolves then. */
    settled: async (last: (entries: Entries) => void) => {
      await loading
      if (entries) last(entries)
    },
  }
}
