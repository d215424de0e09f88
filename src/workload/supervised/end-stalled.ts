import { constants } from 'node:os'
import { type Clock, wait } from '../../clock.ts'
import { catchesSignal, groupMembers } from '../../processes/process-table.ts'
import type { Child } from '../child/start-child.ts'

/** Time to write down stacks, after SIGUSR1. */
const dumpMs = 2_000

/** A wedged command is not given longer than this to end by itself. */
const longestGraceMs = 30_000

/** Where its processes are, if one of them can say so: Python's faulthandler, registered for it, answers to SIGUSR1. */
const askForStacks = async (child: Child, clock: Clock) => {
  if (child.pid === undefined) return
  const asked = groupMembers(child.pid).filter((pid) => catchesSignal(pid, constants.signals.SIGUSR1))
  for (const pid of asked) {
    try {
      process.kill(pid, 'SIGUSR1')
    } catch {
      // it has ended meanwhile
    }
  }
  if (asked.length > 0) await Promise.race([wait(clock, dumpMs), child.exited])
}

/** Ends a command that is wedged: what it can say of itself first, then SIGTERM, then SIGKILL to its group. */
export const endStalled = async (child: Child, graceMs: number, clock: Clock): Promise<void> => {
  await askForStacks(child, clock)
  child.signal('SIGTERM')
  await Promise.race([wait(clock, Math.min(graceMs, longestGraceMs)), child.exited])
  if (!child.hasExited()) child.signalGroup('SIGKILL')
}
