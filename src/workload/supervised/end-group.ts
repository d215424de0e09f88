import { existsSync } from 'node:fs'
import { type Clock, wait } from '../../clock.ts'
import { groupMembers } from '../../processes/process-table.ts'
import type { Child } from '../child/start-child.ts'

export interface GroupEnd {
  readonly child: Child
  /** Sent to what is left; undefined if nobody asked for an end. */
  readonly signal: NodeJS.Signals | undefined
  /** Time until SIGKILL, in milliseconds. */
  readonly graceMs: number
  readonly clock: Clock
}

/** How soon one looks whether it has gone, and how often at last: each look reads all of /proc. */
const shortestPollMs = 20
const longestPollMs = 1_000

const hasProcesses = () => existsSync('/proc/self/stat')

/** Whether anybody of the group lives; those who have ended, but that nobody waited for, do not count. */
const isGroupAlive = ({ pid, signalGroup }: Child) =>
  pid !== undefined && signalGroup(0) && (!hasProcesses() || groupMembers(pid).length > 0)

/**
 * The command has ended; what it left in its process group ends with it, as in a container. Whoever asked for an end
 * meant all of it, and only the command was told: a shell that dies by SIGTERM leaves the training running.
 */
export const endGroup = async ({ child, signal, graceMs, clock }: GroupEnd): Promise<void> => {
  if (!isGroupAlive(child)) return
  if (signal !== undefined) child.signalGroup(signal)
  const untilMs = clock.monotonicMs() + graceMs
  for (let pollMs = shortestPollMs; clock.monotonicMs() < untilMs; pollMs *= 2) {
    await wait(clock, Math.min(pollMs, longestPollMs, untilMs - clock.monotonicMs()))
    if (!isGroupAlive(child)) return
  }
  child.signalGroup('SIGKILL')
}
