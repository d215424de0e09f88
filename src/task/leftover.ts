import { type Clock, wait } from '../clock.ts'
import { identify, isSameProcess } from '../processes/identity.ts'
import {
  type ProcessEntry,
  readProcess,
  readProcessTable,
  selectDescendants,
} from '../processes/process-table.ts'
import type { AttemptNotes } from './attempt-file.ts'

export interface LeftoverOptions {
  readonly clock: Clock
  /** From SIGTERM to SIGKILL, in milliseconds. */
  readonly graceMs: number
  /** Sends a signal to a process, or to a group by its negative number. @default process.kill */
  readonly kill?: (target: number, signal: NodeJS.Signals) => unknown
  /** Told what was found and what became of it, in one sentence; not at all if there was nothing. */
  readonly tell: (text: string) => void
}

/** How soon one looks whether it has gone, and how often at last: each look reads all of /proc. */
const shortestPollMs = 50
const longestPollMs = 1_000

/** How long one waits for what was killed: it may sit in the kernel, waiting for a disk. */
const killedMs = 5_000

const sendSignal = (target: number, signal: NodeJS.Signals) => process.kill(target, signal)

/** The same process, not one that was given its pid since. */
const isSame = (a: ProcessEntry) => (b: ProcessEntry) => a.pid === b.pid && a.startTime === b.startTime

/**
 * What is left of a workload: those of its processes that were seen before and are still there, what they have
 * started, and their group. The kernel gives the number of a group to no other as long as one of its members lives.
 */
export const followWorkload = (
  seen: readonly ProcessEntry[],
  groupId: number,
  table: readonly ProcessEntry[],
): readonly ProcessEntry[] => {
  const left = table.filter((entry) => seen.some(isSame(entry)))
  const isGroupTheirs = left.some((entry) => entry.groupId === groupId)
  const group = isGroupTheirs ? table.filter((entry) => entry.groupId === groupId) : []
  const started = left.flatMap(({ pid }) => selectDescendants(table, pid))
  return [...new Set([...left, ...group, ...started])]
}

/** The leader of the noted group, if it is certain that it lives. */
const findLeader = ({ process: noted }: AttemptNotes) => {
  if (noted === undefined || noted.pid !== noted.groupId || !isSameProcess(noted)) return undefined
  const leader = readProcess(noted.pid)
  return leader?.groupId === noted.groupId && leader.startTime === noted.startTime ? leader : undefined
}

/**
 * Ends the workload that an attempt has left running because its supervisor was killed: two workloads must not write
 * into the same results directory. SIGTERM to its process group, and SIGKILL to what is there after `graceMs`, also
 * to what it has started in other groups, as torchrun does.
 *
 * Only where it is certain that the leader of the group is the very process that was noted: the same boot, the same
 * pid namespace, the same start. If the leader is gone, or without /proc, nothing is touched. Nor is a workload that
 * we are part of ourselves.
 */
export const endLeftover = async (
  notes: AttemptNotes | undefined,
  { clock, graceMs, kill = sendSignal, tell }: LeftoverOptions,
): Promise<void> => {
  const leader = notes && findLeader(notes)
  if (!leader) return
  const { groupId } = leader
  let left = followWorkload([leader], groupId, readProcessTable())
  const ourPid = identify('self')?.pid
  if (left.some(({ pid }) => pid === ourPid)) return

  const send = (target: number, signal: NodeJS.Signals) => {
    try {
      kill(target, signal)
    } catch {
      // it has gone meanwhile, or is not ours to end
    }
  }
  const look = () => {
    left = followWorkload(left, groupId, readProcessTable())
    return left.length === 0
  }
  /** Resolves to whether it is gone. */
  const gone = async (withinMs: number): Promise<boolean> => {
    const untilMs = clock.monotonicMs() + withinMs
    for (let pollMs = shortestPollMs; !look(); pollMs = Math.min(2 * pollMs, longestPollMs)) {
      const leftMs = untilMs - clock.monotonicMs()
      if (leftMs <= 0) return false
      await wait(clock, Math.min(pollMs, leftMs))
    }
    return true
  }

  send(-groupId, 'SIGTERM')
  const wasObedient = await gone(graceMs)
  if (!wasObedient) {
    const others = left.filter((entry) => entry.groupId !== groupId)
    if (others.length < left.length) send(-groupId, 'SIGKILL')
    for (const { pid } of others) send(pid, 'SIGKILL')
  }
  const isGone = wasObedient || (await gone(killedMs))
  const fate = wasObedient
    ? 'it ended by SIGTERM'
    : isGone
      ? 'it was killed, as it did not end by SIGTERM'
      : 'it could not be ended'
  tell(
    `the workload of attempt ${notes.attempt} was still running (process ${leader.pid}), without its supervisor: ${fate}`,
  )
}
