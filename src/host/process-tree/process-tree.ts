import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { isLiving } from '../../processes/process-table.ts'
import { readText } from '../../processes/read-text.ts'
import { startGrowth } from '../growth.ts'
import { known } from '../known.ts'
import type { Reading } from '../reading.ts'
import { followMembers, type Members, mostMembers } from './members.ts'
import { type ProcessDisk, processFiles, readPageBytes } from './process-files.ts'
import type { ProcessStat } from './process-stat.ts'
import { type Amounts, add, countOn, none, startTotals, type Totals, type Used, wholeOf } from './totals.ts'

/** All that the workload's processes used since they began is the task's. */
const counted = (...reading: Parameters<typeof known>): readonly Reading[] =>
  known(...reading).map((one) => ({ ...one, isFromZero: true }))

/** How many CPUs a list such as `0-3,8` has. */
export const countCpus = (list: string): number =>
  list.split(',').reduce((sum, range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    return sum + last - first + 1
  }, 0)

/** CPUs that we may run on, and so what we start: a container's cpuset, or what `taskset` gave. */
const readAllowedCpus = (proc: string): number => {
  const list = /^Cpus_allowed_list:\s*(\d+(?:[-,]\d+)*)$/m.exec(
    readText(join(proc, 'self/status')) ?? '',
  )?.[1]
  return list === undefined ? availableParallelism() : countCpus(list)
}

/** What a process has used. */
const usedBy = (stat: ProcessStat, disk: ProcessDisk | undefined): Used => {
  const { parentPid, startTime, user, system, childrenUser, childrenSystem } = stat
  const { read, written } = disk ?? none
  return {
    parentPid,
    startTime,
    own: { ...none, user, system },
    inherited: { read, written, user: childrenUser, system: childrenSystem },
  }
}

/** What children that it has waited for since then have left to a process that is none of the tree. */
const inheritedBy = (stat: ProcessStat, before: ProcessStat): Used => ({
  ...{ parentPid: stat.parentPid, startTime: stat.startTime, own: none },
  inherited: {
    ...none,
    user: stat.childrenUser - before.childrenUser,
    system: stat.childrenSystem - before.childrenSystem,
  },
})

/** The sum of what is known, undefined if nothing is. */
const sumKnown = (values: readonly (number | undefined)[]): number | undefined => {
  const told = values.filter((value) => value !== undefined)
  return told.length === 0 ? undefined : told.reduce((sum, value) => sum + value, 0)
}

/** Readings of what processes have now; one that nobody has taken away yet has nothing. */
const holdings = ({ list, isWhole }: Members, pageBytes: number): readonly Reading[] => {
  const living = list.filter(({ stat }) => isLiving(stat))
  if (living.length === 0) return []
  const sumOf = (amountOf: (stat: ProcessStat) => number) =>
    sumKnown(living.map(({ stat }) => amountOf(stat)))
  return [
    // how many there are that have no place among the members, nobody knows
    ...known('taskbeat.process.count', isWhole ? living.length : undefined),
    ...known(
      'process.thread.count',
      sumOf(({ threads }) => threads),
    ),
    ...known(
      'process.memory.usage',
      sumOf(({ residentPages }) => residentPages * pageBytes),
    ),
    ...known(
      'process.memory.virtual',
      sumOf(({ virtualBytes }) => virtualBytes),
    ),
    // of somebody else's processes it is not told: then it is the sum of the others
    ...known('process.unix.file_descriptor.count', sumKnown(living.map(({ openFiles }) => openFiles))),
  ]
}

interface TreeOptions {
  /** Root of the tree. */
  readonly pid: number
  /** Where /proc is. */
  readonly proc: string
  readonly clock: Clock
  /** How many CPUs our control group may keep busy, if that is limited. */
  readonly cpuLimit: () => number | undefined
  /** The process that waits for the root: what the root used last is told there. @default nobody */
  readonly waiter?: number
  /** A child of the root or of the waiter that is none of the workload's. @default none */
  readonly exceptPid?: () => number | undefined
  readonly onDebug?: (text: string) => void
}

export interface ProcessTree {
  /** Readings of a process and its descendants: what they have as long as any of them lives, what they used also after it. */
  readonly read: () => readonly Reading[]
  /** Pids of those that lived at the last reading. */
  readonly pids: () => ReadonlySet<number>
}

/** Follows a process that lives now. */
export const openProcessTree = ({
  pid,
  proc,
  clock,
  cpuLimit,
  waiter,
  exceptPid = () => undefined,
  onDebug = () => {},
}: TreeOptions): ProcessTree => {
  const files = processFiles(proc)
  let isFullTold = false
  const onFull = () => {
    if (isFullTold) return
    isFullTold = true
    onDebug(
      `the workload has more than ${mostMembers} processes: the others are not read, taskbeat.process.count is left out`,
    )
  }
  const membersOf = followMembers(files, pid, { exceptPid, onFull })
  const pageBytes = readPageBytes(proc)
  const allowedCpus = readAllowedCpus(proc)
  const growthOf = startGrowth<'user' | 'system'>(clock)
  let totals: Totals = startTotals()
  const waiterBefore = waiter === undefined ? undefined : files.stat(waiter)
  /** What processes had used before they were found: counted, but not as of the time since the last reading. */
  let late: Amounts = none
  let isDiskKnown = false

  const count = (members: Members['list']) => {
    const now = new Map<number, Used>()
    const stale = new Set<number>()
    for (const { stat, disk, isLate, isStale } of members) {
      const used = usedBy(stat, disk)
      isDiskKnown ||= disk !== undefined
      if (isLate) late = add(late, wholeOf(used))
      if (isStale) stale.add(stat.pid)
      now.set(stat.pid, used)
    }
    const except = exceptPid()
    const foreigner = except === undefined ? undefined : files.stat(except)
    // what it used is not to be inherited from it
    if (foreigner)
      now.set(foreigner.pid, { ...usedBy(foreigner, files.disk(foreigner.pid)), isForeign: true })
    const waiting = waiterBefore && files.stat(waiterBefore.pid)
    if (waiting) now.set(waiting.pid, inheritedBy(waiting, waiterBefore))
    totals = countOn(totals, now, stale)
  }

  const counters = (readingsPerRound: number): readonly Reading[] => {
    const { user, system, read, written } = totals.amounts
    // over a whole round: in each reading those that were looked at tell of all the time since their last look
    const growth = growthOf({ user: user - late.user, system: system - late.system }, readingsPerRound)
    const cpus = Math.min(allowedCpus, cpuLimit() ?? allowedCpus)
    return [
      ...(['user', 'system'] as const).flatMap((mode) => {
        const attributes = { 'cpu.mode': mode }
        return [
          ...counted('process.cpu.time', totals.amounts[mode], attributes),
          ...known(
            'process.cpu.utilization',
            growth && cpus > 0 ? growth.by[mode] / growth.seconds / cpus : undefined,
            attributes,
          ),
        ]
      }),
      ...(isDiskKnown
        ? [
            ...counted('process.disk.io', read, { 'disk.io.direction': 'read' }),
            ...counted('process.disk.io', written, { 'disk.io.direction': 'write' }),
          ]
        : []),
    ]
  }

  let hasLived = false
  let pids: ReadonlySet<number> = new Set()
  const read = () => {
    const members = membersOf()
    pids = new Set(members.list.map(({ stat }) => stat.pid))
    if (members.list.length === 0 && (!waiterBefore || !hasLived)) return []
    hasLived = true
    count(members.list)
    return [...counters(members.readingsPerRound), ...holdings(members, pageBytes)]
  }
  return { read, pids: () => pids }
}
