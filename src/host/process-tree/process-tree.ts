import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { isLiving } from '../../processes/process-table.ts'
import { startGrowth } from '../growth.ts'
import { known } from '../known.ts'
import { readText } from '../read-text.ts'
import type { Reading } from '../reading.ts'
import { followMembers, type Member } from './members.ts'
import { type ProcessDisk, type ProcessFiles, processFiles, readPageBytes } from './process-files.ts'
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

/** What a process has used. Where its disk traffic cannot be read now, such as of one just dead, it is as before. */
const usedBy = (stat: ProcessStat, disk: ProcessDisk | undefined, last: Used | undefined): Used => {
  const { parentPid, startTime, user, system, childrenUser, childrenSystem } = stat
  const { read, written } = disk ?? (last?.startTime === startTime ? last.inherited : none)
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
const holdings = (members: readonly Member[], files: ProcessFiles, pageBytes: number): readonly Reading[] => {
  const living = members.map(({ stat }) => stat).filter(isLiving)
  if (living.length === 0) return []
  const sumOf = (amountOf: (stat: ProcessStat) => number | undefined) => sumKnown(living.map(amountOf))
  return [
    ...known('taskbeat.process.count', living.length),
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
    ...known(
      'process.unix.file_descriptor.count',
      sumOf(({ pid }) => files.openFiles(pid)),
    ),
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
}

export interface ProcessTree {
  /** Readings of a process and its descendants: what they have as long as any of them lives, what they used also after it. */
  readonly read: () => readonly Reading[]
  /** Pids of those that lived at the last reading. */
  readonly pids: () => ReadonlySet<number>
}

/** Follows a process that lives now. */
export const openProcessTree = ({ pid, proc, clock, cpuLimit, waiter }: TreeOptions): ProcessTree => {
  const files = processFiles(proc)
  const membersOf = followMembers(files, pid)
  const pageBytes = readPageBytes(proc)
  const allowedCpus = readAllowedCpus(proc)
  const growthOf = startGrowth<'user' | 'system'>(clock)
  let totals: Totals = startTotals()
  const waiterBefore = waiter === undefined ? undefined : files.stat(waiter)
  /** What processes had used before they were found: counted, but not as of the time since the last reading. */
  let late: Amounts = none
  let isDiskKnown = false

  const count = (members: readonly Member[]) => {
    const now = new Map<number, Used>()
    for (const { stat, isLate } of members) {
      const disk = files.disk(stat.pid)
      const used = usedBy(stat, disk, totals.used.get(stat.pid))
      isDiskKnown ||= disk !== undefined
      if (isLate) late = add(late, wholeOf(used))
      now.set(stat.pid, used)
    }
    const waiting = waiterBefore && files.stat(waiterBefore.pid)
    if (waiting) now.set(waiting.pid, inheritedBy(waiting, waiterBefore))
    totals = countOn(totals, now)
  }

  const counters = (): readonly Reading[] => {
    const { user, system, read, written } = totals.amounts
    const growth = growthOf({ user: user - late.user, system: system - late.system })
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
    pids = new Set(members.map(({ stat }) => stat.pid))
    if (members.length === 0 && (!waiterBefore || !hasLived)) return []
    hasLived = true
    count(members)
    return [...counters(), ...holdings(members, files, pageBytes)]
  }
  return { read, pids: () => pids }
}
