/**
 * Memory as our control group counts it.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.events, memory.max, memory.peak, memory.stat)
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 */

import { readText } from '../../processes/read-text.ts'
import { known } from '../known.ts'
import { type Keyed, parseCount, parseKeys } from '../parse-numbers.ts'
import type { Reading } from '../reading.ts'
import { type FileNames, fileOf, filesOf, findGroups, textOf } from './groups.ts'

const names = {
  events: { 1: 'memory.oom_control', 2: 'memory.events' },
  limit: { 1: 'memory.limit_in_bytes', 2: 'memory.max' },
  peak: { 1: 'memory.max_usage_in_bytes', 2: 'memory.peak' },
  usage: { 1: 'memory.usage_in_bytes', 2: 'memory.current' },
  stat: { 1: 'memory.stat', 2: 'memory.stat' },
} as const satisfies Readonly<Record<string, FileNames>>

/** OOM kills from the text of memory.events or memory.oom_control; undefined where they are not counted. */
export const parseOomKills = (text: string | undefined): number | undefined => {
  const counts = parseKeys(text)
  // a group that is killed as a whole counts both, each of its processes in the first
  const kills = ['oom_kill', 'oom_group_kill'].flatMap((key) => counts.get(key) ?? [])
  return kills.length === 0 ? undefined : Math.max(...kills)
}

/** What version 1 says for no limit is near 2^63, and depends on the size of a page. */
const noLimit = 2 ** 62

/** The tightest limit, in bytes, in the texts of a group's and those above it; undefined if there is none. */
export const tightestLimit = (texts: readonly (string | undefined)[]): number | undefined => {
  const limits = texts.flatMap((text) => {
    const limit = parseCount(text) ?? noLimit
    return limit < noLimit ? [limit] : []
  })
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/**
 * How many processes of our own cgroup the kernel has killed for want of memory since the group was made, whether
 * the group's limit or the machine's memory was exhausted. A difference of two readings tells of the time between.
 *
 * @param root - where /proc and /sys are
 * @returns undefined without cgroups, and for the outermost one, which counts nothing
 */
export const readOomKills = (root = '/'): number | undefined =>
  parseOomKills(textOf(fileOf(findGroups(root, 'memory'), names.events)))

/**
 * The most memory, in bytes, that the processes of our cgroup may use together: the tightest of its own limit and
 * those above it that can be seen. Undefined if there is none.
 */
export const memoryLimitBytes = (root = '/'): number | undefined =>
  tightestLimit(filesOf(findGroups(root, 'memory'), names.limit).map(readText))

interface GroupMemory {
  readonly usage: number | undefined
  /** Version 1 counts the groups below only under names of their own. */
  readonly stat: Keyed
  readonly limit: number | undefined
}

const amounts = ({ usage, stat, limit }: GroupMemory): readonly Reading[] => {
  const resident = stat.get('anon') ?? stat.get('total_rss')
  const idleFiles = stat.get('total_inactive_file') ?? stat.get('inactive_file')
  const workingSet =
    usage === undefined || idleFiles === undefined ? undefined : Math.max(0, usage - idleFiles)
  const isLimited = workingSet !== undefined && limit !== undefined
  return [
    ...known('container.memory.usage', usage),
    ...known('container.memory.rss', resident),
    ...known('container.memory.working_set', workingSet),
    ...known('container.memory.available', isLimited ? Math.max(0, limit - workingSet) : undefined),
    ...known('taskbeat.cgroup.memory.limit', limit),
    ...known('taskbeat.cgroup.memory.utilization', isLimited && limit > 0 ? workingSet / limit : undefined),
  ]
}

/** Readings of memory; the files are looked for once. */
export const openGroupMemory = (root: string): (() => readonly Reading[]) => {
  const groups = findGroups(root, 'memory')
  const limits = filesOf(groups, names.limit)
  const usage = fileOf(groups, names.usage)
  const stat = fileOf(groups, names.stat)
  const peak = fileOf(groups, names.peak)
  const events = fileOf(groups, names.events)
  return () => [
    ...amounts({
      usage: parseCount(textOf(usage)),
      stat: parseKeys(textOf(stat)),
      limit: tightestLimit(limits.map(readText)),
    }),
    ...known('taskbeat.cgroup.memory.peak', parseCount(textOf(peak))),
    ...known('taskbeat.cgroup.memory.oom_kills', parseOomKills(textOf(events))),
  ]
}
