/**
 * Which processes belong to a tree: its root, all that descend from it, and those of them whose parents have ended.
 *
 * Found by what the kernel lists as children of a main thread, which costs little, and by going through all processes of
 * the machine, which costs much where there are thousands. So that is done the more seldom the more there are, and neither
 * while nobody is started. It finds what other threads have started, and what lost its parent before it was seen: by its
 * process group or session, if a member leads that.
 */
import type { ProcessFiles } from './process-files.ts'
import type { ProcessStat } from './process-stat.ts'

/** A job of more processes is counted in part, so that a reading stays cheap. */
export const mostMembers = 512

/** What going through all processes may cost, in processes listed for each reading between. */
const listedPerReading = 50

/** Processes that one reading looks at for the first time. */
const mostLooks = 128

export interface Member {
  readonly stat: ProcessStat
  /** Found only some time after it started: what it used before is not of this moment. */
  readonly isLate: boolean
}

/** The order in which pids are given out, from that of the root. */
const pidRange = 2 ** 22
const orderFrom = (root: number) => (a: number, b: number) =>
  ((a - root + pidRange) % pidRange) - ((b - root + pidRange) % pidRange)

/** Follows the tree of a process that lives now. The returned function finds its members, parents before children. */
export const followMembers = (files: ProcessFiles, root: number): (() => readonly Member[]) => {
  let members = new Map<number, ProcessStat>()
  const rootStat = files.stat(root)
  if (rootStat) members.set(root, rootStat)
  /** Groups and sessions that a member leads, or has led before it ended. */
  let led = new Set<number>()
  /** Looked at, and not of the tree: nobody joins it later, but under a pid that is given anew. */
  let others = new Set<number>()
  let readingsToScan = 0
  /** Whether nobody was left unknown by the last reading: what is found then has just started. */
  let isUpToDate = false
  let newest: number | undefined
  let sightings = 0

  /**
   * Whether nobody was started since the last reading but one. The kernel gives a pid out a moment before it shows the
   * process: so the first reading that sees a pid may come too early, and the next one looks again.
   */
  const isQuietNow = () => {
    const pid = files.newest()
    sightings = pid !== undefined && pid === newest ? sightings + 1 : 1
    newest = pid
    return sightings > 2
  }

  const isMember = (stat: ProcessStat, now: ReadonlyMap<number, ProcessStat>) =>
    now.has(stat.parentPid) || led.has(stat.groupId) || led.has(stat.sessionId)

  /** Those that still are what they were. */
  const stillThere = () => {
    const now = new Map<number, ProcessStat>()
    for (const [pid, { startTime }] of members) {
      const stat = files.stat(pid)
      if (stat?.startTime === startTime) now.set(pid, stat)
    }
    return now
  }

  /** Adds children of some members, and theirs. */
  const addChildren = (now: Map<number, ProcessStat>, parents: Iterable<number>) => {
    const queue = [...parents]
    for (const parent of queue) {
      for (const pid of files.children(parent)) {
        if (now.has(pid) || now.size >= mostMembers) continue
        const stat = files.stat(pid)
        if (stat?.parentPid !== parent) continue
        now.set(pid, stat)
        queue.push(pid)
      }
    }
  }

  /** Adds those among strangers that belong to the tree; one may make another belong to it. The rest comes back. */
  const adopt = (
    now: Map<number, ProcessStat>,
    strangers: readonly ProcessStat[],
  ): readonly ProcessStat[] => {
    const rest = strangers.filter((stat) => {
      if (now.size >= mostMembers || !isMember(stat, now)) return true
      now.set(stat.pid, stat)
      return false
    })
    return rest.length < strangers.length ? adopt(now, rest) : rest
  }

  const scan = (now: Map<number, ProcessStat>) => {
    const listed = files.all()
    others = others.intersection(new Set(listed))
    const unknown = listed.filter((pid) => !now.has(pid) && !others.has(pid)).toSorted(orderFrom(root))
    const strangers = unknown.slice(0, mostLooks).flatMap((pid) => files.stat(pid) ?? [])
    for (const { pid } of adopt(now, strangers)) others.add(pid)
    readingsToScan = Math.ceil(listed.length / listedPerReading)
    isUpToDate = unknown.length <= mostLooks
  }

  const leadersOf = (now: ReadonlyMap<number, ProcessStat>) => {
    const next = new Set<number>()
    for (const { groupId, sessionId } of now.values()) {
      for (const id of [groupId, sessionId]) if (now.has(id) || led.has(id)) next.add(id)
    }
    return next
  }

  return () => {
    if (members.size === 0) return []
    const isQuiet = isQuietNow()
    const wasUpToDate = isUpToDate
    isUpToDate &&= isQuiet
    const now = stillThere()
    if (!isQuiet) addChildren(now, now.keys())
    led = leadersOf(now)
    const inTime = new Set(now.keys())
    readingsToScan -= 1
    if (readingsToScan <= 0 && !isUpToDate) {
      scan(now)
      addChildren(now, now.keys())
      led = leadersOf(now)
    }
    members = now
    return [...now.values()].map((stat) => ({ stat, isLate: !wasUpToDate && !inTime.has(stat.pid) }))
  }
}
