/**
 * Which processes belong to a tree: its root, all that descend from it, and those of them whose parents have ended.
 *
 * Found by what the kernel lists as children of a main thread, which costs little, and by going through all processes of
 * the machine, which costs much where there are thousands. So that is done the more seldom the more there are, and neither
 * while nobody is started. It finds what other threads have started, and what lost its parent before it was seen: by its
 * process group or session, if a member leads that.
 *
 * A look at a process costs some 0.03 ms, and the task's heartbeat waits meanwhile. So one reading looks at few of
 * them, in turns, and of the others only whether they are still there.
 */
import type { ProcessDisk, ProcessFiles } from './process-files.ts'
import type { ProcessStat } from './process-stat.ts'

/** A job of more processes is counted in part: neither looks nor memory grow without end. */
export const mostMembers = 512

/** So many members every reading looks at again; of more, those that it has not looked at for the longest time. */
export const leastLooks = 16

/** Nobody is told as it was longer ago than so many readings. */
export const longestRound = 16

/** Processes that one reading looks at for the first time. */
export const mostFirstLooks = 64

/** What going through all processes may cost, in processes listed for each reading between. */
const listedPerReading = 50

/** What a process was when it was looked at. */
interface Sight {
  readonly stat: ProcessStat
  /** As it was before where it cannot be read now, such as of one just dead; undefined if it never could. */
  readonly disk: ProcessDisk | undefined
  readonly openFiles: number | undefined
  /** The reading in which that was, by number. */
  readonly reading: number
}

export interface Member extends Omit<Sight, 'reading'> {
  /** Found only some time after it started: what it used before is not of this moment. */
  readonly isLate: boolean
  /** This reading has not looked at it: it is told as it was. */
  readonly isStale: boolean
}

export interface Members {
  /** Parents before children. */
  readonly list: readonly Member[]
  /** Whether these are all that are known to be there. */
  readonly isWhole: boolean
  /** Readings in which each member is looked at once. */
  readonly readingsPerRound: number
}

export interface MembersOptions {
  /** Of a process that belongs to somebody else, wherever it descends from. @default nobody */
  readonly exceptPid?: () => number | undefined
  /** There are more than {@link mostMembers}; called each time that one is left out. */
  readonly onFull?: () => void
}

/** The order in which pids are given out, from that of the root. */
const pidRange = 2 ** 22
const orderFrom = (root: number) => (a: number, b: number) =>
  ((a - root + pidRange) % pidRange) - ((b - root + pidRange) % pidRange)

const looksOf = (members: number) => Math.max(leastLooks, Math.ceil(members / longestRound))
const roundOf = (members: number) => Math.max(1, Math.ceil(members / looksOf(members)))

/** Follows the tree of a process that lives now. The returned function finds its members. */
export const followMembers = (
  files: ProcessFiles,
  root: number,
  { exceptPid = () => undefined, onFull = () => {} }: MembersOptions = {},
): (() => Members) => {
  let reading = 0
  let firstLooksLeft = mostFirstLooks

  const sightOf = (stat: ProcessStat, before?: Sight): Sight => ({
    stat,
    disk: files.disk(stat.pid) ?? before?.disk,
    openFiles: files.openFiles(stat.pid),
    reading,
  })

  let members = new Map<number, Sight>()
  const rootStat = files.stat(root)
  if (rootStat) members.set(root, sightOf(rootStat))
  /** Groups and sessions that a member leads, or has led before it ended. */
  let led = new Set<number>()
  /** Looked at, and not of the tree: nobody joins it later, but under a pid that is given anew. */
  let others = new Set<number>()
  /** Members of whose children some were left for the next reading. */
  let unfinished = new Set<number>()
  /** Until then somebody may be missing, as there was no room when it was met. */
  let fullUntil = 0
  let readingsToScan = 0
  /** Whether nobody was left unknown by the last reading: what is found then has just started. */
  let isUpToDate = false
  let newest: number | undefined
  let sightings = 0

  /**
   * Whether nobody was started since all members were asked for their children. The kernel gives a pid out a moment
   * before it shows the process: so the first reading that sees a pid may come too early, and a round of readings looks
   * again.
   */
  const isQuietNow = () => {
    const pid = files.newest()
    sightings = pid !== undefined && pid === newest ? sightings + 1 : 1
    newest = pid
    return sightings > 1 + roundOf(members.size) && unfinished.size === 0 && reading > fullUntil
  }

  const isMember = (stat: ProcessStat, now: ReadonlyMap<number, Sight>) =>
    now.has(stat.parentPid) || led.has(stat.groupId) || led.has(stat.sessionId)

  const isFull = (now: ReadonlyMap<number, Sight>) => {
    if (now.size < mostMembers) return false
    fullUntil = reading + 2 * longestRound
    onFull()
    return true
  }

  /**
   * Those that still are what they were. First come looks, parents before children, and only then the question who is
   * left: so whose end a parent has inherited from is seen to have ended.
   */
  const stillThere = () => {
    // not before its turn: so each is looked at once in a round, and rates over a round have each of them once
    const lastRound = reading - roundOf(members.size)
    const oldest = [...members]
      .filter(([, sight]) => sight.reading <= lastRound)
      .toSorted(([, a], [, b]) => a.reading - b.reading)
      .slice(0, looksOf(members.size))
    const isDue = new Set(oldest.map(([pid]) => pid))
    const looked = new Map<number, Sight>()
    for (const [pid, before] of members) {
      const stat = isDue.has(pid) ? files.stat(pid) : undefined
      if (stat?.startTime === before.stat.startTime) looked.set(pid, sightOf(stat, before))
    }
    const now = new Map<number, Sight>()
    for (const [pid, before] of members) {
      const sight = isDue.has(pid) ? looked.get(pid) : files.exists(pid) ? before : undefined
      if (sight) now.set(pid, sight)
    }
    return now
  }

  /** Adds children of some members, and theirs. */
  const addChildren = (now: Map<number, Sight>, parents: Iterable<number>) => {
    const queue = new Set(parents)
    for (const parent of queue) {
      for (const pid of files.children(parent)) {
        if (now.has(pid) || pid === exceptPid()) continue
        if (isFull(now)) break
        if (firstLooksLeft === 0) {
          unfinished.add(parent)
          break
        }
        firstLooksLeft -= 1
        const stat = files.stat(pid)
        if (stat?.parentPid !== parent) continue
        now.set(pid, sightOf(stat))
        queue.add(pid)
      }
    }
  }

  /** Adds those among strangers that belong to the tree; one may make another belong to it. The rest comes back. */
  const adopt = (now: Map<number, Sight>, strangers: readonly ProcessStat[]): readonly ProcessStat[] => {
    const rest = strangers.filter((stat) => {
      if (!isMember(stat, now) || isFull(now)) return true
      now.set(stat.pid, sightOf(stat))
      return false
    })
    return rest.length < strangers.length ? adopt(now, rest) : rest
  }

  /** Goes through all processes; pids of those that turned out to belong to the tree. */
  const scan = (now: Map<number, Sight>): readonly number[] => {
    const listed = files.all()
    others = others.intersection(new Set(listed))
    const unknown = listed.filter((pid) => !now.has(pid) && !others.has(pid) && pid !== exceptPid())
    const next = unknown.toSorted(orderFrom(root)).slice(0, firstLooksLeft)
    firstLooksLeft -= next.length
    const strangers = next.flatMap((pid) => files.stat(pid) ?? [])
    // who has only found no room is none of the others
    for (const stat of adopt(now, strangers)) if (!isMember(stat, now)) others.add(stat.pid)
    readingsToScan = Math.ceil(listed.length / listedPerReading)
    isUpToDate = unknown.length === next.length
    return next.filter((pid) => now.has(pid))
  }

  const leadersOf = (now: ReadonlyMap<number, Sight>) => {
    const next = new Set<number>()
    for (const { stat } of now.values()) {
      for (const id of [stat.groupId, stat.sessionId]) if (now.has(id) || led.has(id)) next.add(id)
    }
    return next
  }

  return () => {
    reading += 1
    firstLooksLeft = mostFirstLooks
    if (members.size === 0) return { list: [], isWhole: true, readingsPerRound: 1 }
    const isQuiet = isQuietNow()
    const wasUpToDate = isUpToDate
    const wasUnfinished = unfinished.size > 0
    isUpToDate &&= isQuiet
    const known = members
    const now = stillThere()
    const askFirst = [...unfinished].filter((pid) => now.has(pid))
    unfinished = new Set()
    if (!isQuiet) {
      const looked = [...now].filter(([, sight]) => sight.reading === reading).map(([pid]) => pid)
      addChildren(now, [...askFirst, ...looked])
    }
    led = leadersOf(now)
    const inTime = new Set(wasUnfinished ? known.keys() : now.keys())
    readingsToScan -= 1
    if (readingsToScan <= 0 && !isUpToDate && firstLooksLeft > 0) {
      addChildren(now, scan(now))
      led = leadersOf(now)
    }
    members = now
    return {
      list: [...now].map(([pid, { stat, disk, openFiles, reading: lookedAt }]) => ({
        ...{ stat, disk, openFiles },
        isLate: !(wasUpToDate && !wasUnfinished) && !inTime.has(pid),
        isStale: lookedAt !== reading,
      })),
      isWhole: unfinished.size === 0 && reading > fullUntil,
      readingsPerRound: roundOf(now.size),
    }
  }
}
