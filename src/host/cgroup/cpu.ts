/**
 * CPU time as our control group counts it, and its limit: so many microseconds in each period, of all CPUs together.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.stat, cpu.max)
 * @see https://docs.kernel.org/scheduler/sched-bwc.html (version 1: cpu.stat, cpu.cfs_quota_us)
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/cpuacct.html
 */
import { dirname, join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { readText } from '../../processes/read-text.ts'
import { startGrowth } from '../growth.ts'
import { known } from '../known.ts'
import { parseKeys } from '../parse-numbers.ts'
import type { Reading } from '../reading.ts'
import { ticksPerSecond } from '../units.ts'
import { type FileNames, fileOf, filesOf, findGroups, textOf } from './groups.ts'

const names = {
  time: { 1: 'cpuacct.stat', 2: 'cpu.stat' },
  throttling: { 1: 'cpu.stat', 2: 'cpu.stat' },
  limit: { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' },
} as const satisfies Readonly<Record<string, FileNames>>

/** Seconds. */
interface CpuTime {
  readonly user: number
  readonly system: number
}

/** CPU time from the text of cpu.stat (version 2) or cpuacct.stat (version 1). */
export const parseCpuTime = (text: string | undefined): CpuTime | undefined => {
  const counts = parseKeys(text)
  const inUnit = (user: number | undefined, system: number | undefined, perSecond: number) =>
    user === undefined || system === undefined
      ? undefined
      : { user: user / perSecond, system: system / perSecond }
  return (
    inUnit(counts.get('user_usec'), counts.get('system_usec'), 1e6) ??
    inUnit(counts.get('user'), counts.get('system'), ticksPerSecond)
  )
}

/** Readings of how the limit was felt, from the text of cpu.stat of either version. */
export const parseThrottling = (text: string | undefined): readonly Reading[] => {
  const counts = parseKeys(text)
  const microseconds = counts.get('throttled_usec')
  const nanoseconds = counts.get('throttled_time')
  const seconds = microseconds === undefined ? nanoseconds && nanoseconds / 1e9 : microseconds / 1e6
  return [
    ...known('taskbeat.cgroup.cpu.periods', counts.get('nr_periods')),
    ...known('taskbeat.cgroup.cpu.throttled_periods', counts.get('nr_throttled')),
    ...known('taskbeat.cgroup.cpu.throttled_time', seconds),
  ]
}

/** CPUs, from `quota period`, the text of cpu.max; undefined for no limit: `max`, or -1 in version 1. */
export const parseCpuLimit = (text: string | undefined): number | undefined => {
  const [, quota, period] = /^(\d+)\s+(\d+)\s*$/.exec(text ?? '') ?? []
  return Number(period) > 0 ? Number(quota) / Number(period) : undefined
}

/** The text of a limit as version 2 has it. */
const limitText = (path: string): string | undefined =>
  path.endsWith('cpu.max')
    ? readText(path)
    : `${readText(path)?.trim()} ${readText(join(dirname(path), 'cpu.cfs_period_us'))}`

export interface GroupCpu {
  readonly read: () => readonly Reading[]
  /** How many CPUs our group may keep busy, if that is limited: the tightest limit of it and those above it. */
  readonly limit: () => number | undefined
}

/** Readings of CPU time; the files are looked for once. */
export const openGroupCpu = (root: string, clock: Clock): GroupCpu => {
  const groups = findGroups(root, 'cpu')
  const time = fileOf(findGroups(root, 'cpuacct'), names.time)
  const throttling = fileOf(groups, names.throttling)
  const limits = filesOf(groups, names.limit)
  const growthOf = startGrowth<keyof CpuTime>(clock)

  const limit = () => {
    const cpus = limits.flatMap((path) => parseCpuLimit(limitText(path)) ?? [])
    return cpus.length === 0 ? undefined : Math.min(...cpus)
  }
  const timeReadings = () => {
    const seconds = parseCpuTime(textOf(time))
    const growth = seconds && growthOf({ ...seconds })
    return (['user', 'system'] as const).flatMap((mode) => {
      const attributes = { 'cpu.mode': mode }
      return [
        ...known('container.cpu.time', seconds?.[mode], attributes),
        ...known('container.cpu.usage', growth && growth.by[mode] / growth.seconds, attributes),
      ]
    })
  }
  return {
    read: () => [
      ...timeReadings(),
      ...known('taskbeat.cgroup.cpu.limit', limit()),
      ...parseThrottling(textOf(throttling)),
    ],
    limit,
  }
}
