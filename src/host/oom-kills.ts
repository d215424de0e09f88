/**
 * Memory as the control group (cgroup) of this process counts it: a container's, or a systemd unit's.
 *
 * Version 2 is looked for at the path that /proc/self/cgroup names, version 1 at that of its memory controller. In a
 * container this path may be the host's: then the files are further up, at the mount itself.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.events, memory.max, memory.peak)
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The directories of our own group and those above it, from the innermost to the mount. */
interface Groups {
  readonly version: 1 | 2
  readonly directories: readonly string[]
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // no cgroups, not this version of them, or not this directory
    return undefined
  }
}

/** `/a/b` as `/a/b`, `/a` and the empty path. */
const upwards = (path: string): readonly string[] => {
  const names = path.split('/').filter((name) => name !== '' && name !== '..')
  return [...names.keys(), names.length].map((count) => names.slice(0, count).join('/')).toReversed()
}

/** Where a process's memory is counted, from the text of its /proc/self/cgroup. */
const findGroups = (root: string): Groups | undefined => {
  const lines = (readText(join(root, 'proc/self/cgroup')) ?? '').split('\n').map((line) => {
    // `hierarchy:controllers:path`, and the path may hold colons
    const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    return { controllers: controllers.split(','), path }
  })
  // where both versions are mounted, memory belongs to the one that names it
  const first = lines.find(({ controllers }) => controllers.includes('memory'))
  const path = first?.path ?? lines.find(({ controllers }) => controllers.join() === '')?.path
  if (path === undefined) return undefined
  const mount = join(root, 'sys/fs/cgroup', first ? 'memory' : '')
  return { version: first ? 1 : 2, directories: upwards(path).map((below) => join(mount, below)) }
}

/** The texts of one of the files, by version, from the innermost directory that has it. */
const readFiles = (root: string, names: Readonly<Record<1 | 2, string>>): readonly string[] => {
  const { version, directories } = findGroups(root) ?? { version: 2, directories: [] }
  return directories.flatMap((directory) => readText(join(directory, names[version])) ?? [])
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+\n?$/.test(text) ? Number(text) : undefined

/**
 * How many processes of our own cgroup the kernel has killed for want of memory since the group was made, whether
 * the group's limit or the machine's memory was exhausted. A difference of two readings tells of the time between.
 *
 * @param root - where /proc and /sys are
 * @returns undefined without cgroups, and for the outermost one, which counts nothing
 */
export const readOomKills = (root = '/'): number | undefined => {
  const [text = ''] = readFiles(root, { 1: 'memory.oom_control', 2: 'memory.events' })
  // a group that is killed as a whole counts both, each of its processes in the first
  const counts = [...text.matchAll(/^(?:oom_kill|oom_group_kill) (\d+)$/gm)].map(([, count]) => Number(count))
  return counts.length === 0 ? undefined : Math.max(...counts)
}

/** What version 1 says for no limit is near 2^63, and depends on the size of a page. */
const noLimit = 2 ** 62

/**
 * The most memory, in bytes, that the processes of our cgroup may use together: the tightest of its own limit and
 * those above it that can be seen. Undefined if there is none.
 */
export const memoryLimitBytes = (root = '/'): number | undefined => {
  const limits = readFiles(root, { 1: 'memory.limit_in_bytes', 2: 'memory.max' }).flatMap((text) => {
    const limit = numberOf(text) ?? noLimit
    return limit < noLimit ? [limit] : []
  })
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/** The most memory, in bytes, that our cgroup has ever used; undefined where the kernel (before 5.19) keeps no count. */
export const memoryPeakBytes = (root = '/'): number | undefined =>
  numberOf(readFiles(root, { 1: 'memory.max_usage_in_bytes', 2: 'memory.peak' })[0])
